import HTTPTypes
import Hummingbird
import PushSender
import PushStorage

/// What a request context knows beyond Hummingbird's own: who asks.
struct APIContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// Set by ``Authenticator``; routes behind it can rely on it.
    var key: APIKey?
    /// Where the connection comes from; behind ``RateMiddleware`` where the request does.
    var address: ClientAddress
    /// What limits have said of this request.
    let rates = RateNotes()

    init(source: Source) {
        coreContext = .init(source: source)
        address = ClientAddress(source.channel.remoteAddress)
    }

    /// The key that asks.
    /// - Throws: ``Problem`` 401 when no guard has run: a forgotten guard must not open a door.
    func requireKey() throws(Problem) -> APIKey {
        guard let key else { throw .unauthenticated }
        return key
    }

    /// The App of the key.
    /// - Throws: as ``requireKey()``.
    func requireApp() throws(Problem) -> AppID { try requireKey().app }
}

/// Lets pass who has a key of the wanted scope: `Authorization: Bearer KEY`.
struct Authenticator: RouterMiddleware {
    typealias Context = APIContext

    let keys: KeyCheck
    /// What the key must be for; admin is for everything.
    let scope: KeyScope

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        guard let secret = request.bearerToken else { throw Problem.unauthenticated }
        let key = try await keys.key(secret: secret, from: context.address, notes: context.rates)
        guard key.scope == .admin || key.scope == scope else {
            throw Problem(
                .forbidden, "wrong_scope",
                """
                this key is for \(key.scope.rawValue), this route needs one for \(scope.rawValue); `herald keys create --scope \
                \(scope.rawValue)` makes one
                """)
        }
        var context = context
        context.key = key
        return try await next(request, context)
    }
}

extension Problem {
    static let unauthenticated = Problem(
        .unauthorized, "unauthenticated",
        "send \"Authorization: Bearer KEY\"; the admin key is in admin.key in the server's data folder")
}

extension Request {
    fileprivate var bearerToken: String? {
        guard let value = headers[.authorization] else { return nil }
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }
}
