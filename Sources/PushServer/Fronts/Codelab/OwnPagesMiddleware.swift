import HTTPTypes
import Hummingbird

/// Refuses what other sites' pages send from a visitor's browser. The routes behind it need no key, so without this any page that
/// somebody visits could subscribe itself to a Herald on the same machine, and would get every push to everyone.
///
/// Browsers name the page's origin with every POST; programs don't, and are not meant.
struct OwnPagesMiddleware: RouterMiddleware {
    typealias Context = APIContext

    /// Origins that are this server. Not "whatever the Host header says": a name that changes its address to ours
    /// (DNS rebinding) would say itself.
    private let origins: Set<String>

    init(_ address: ServerAddress) {
        let local = ["localhost", "127.0.0.1", "[::1]"].map { "http://\($0):\(address.port)" }
        origins = Set(local + [address.origin])
    }

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        if let origin = request.headers[.origin], !origins.contains(origin) {
            throw Problem(
                .forbidden, "foreign_origin",
                """
                pages of \(origin) may not use this route; it serves the page at \(origins.sorted().joined(separator: ", ")). Set \
                publicURL if that is where you are
                """)
        }
        return try await next(request, context)
    }
}
