import HTTPTypes
import Hummingbird

/// Web pages may post to endpoints: the URL is the permission (https://fetch.spec.whatwg.org/#http-cors-protocol).
struct AnyOriginMiddleware: RouterMiddleware {
    typealias Context = APIContext

    /// What a browser asks before it sends headers that a form couldn't: it may send any.
    static func preflight(_ request: Request) -> Response {
        Response(
            status: .ok,
            headers: [
                .accessControlAllowMethods: "GET, POST, PUT, DELETE",
                .accessControlAllowHeaders: request.headers[.accessControlRequestHeaders] ?? usualHeaders,
                .accessControlMaxAge: "3600",
            ])
    }

    private static let usualHeaders =
        "Authorization, Content-Encoding, Content-Type, Crypto-Key, Encryption, Link, Prefer, Topic, TTL, Urgency"

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        response.headers[.accessControlAllowOrigin] = "*"
        response.headers[.accessControlExposeHeaders] = "Link, Location, Retry-After, TTL"
        return response
    }
}
