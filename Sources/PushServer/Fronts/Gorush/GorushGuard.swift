import Crypto
import HTTPTypes
import Hummingbird

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Lets pass who has the front's key: `Authorization: Bearer KEY`, or `?key=KEY`. Where the front is open, everybody passes.
struct GorushGuard: RouterMiddleware {
    typealias Context = APIContext

    /// Of the key; nil where the front is open. Digests take equally long to compare, whatever is right in a guess.
    private let digest: SHA256.Digest?
    private let limits: RequestLimits

    init(key: String?, limits: RequestLimits) {
        digest = key.map(Self.digest)
        self.limits = limits
    }

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        if let digest, !Self.secrets(request).contains(where: { Self.digest($0) == digest }) {
            try context.rates.note(limits.guess(from: context.address, now: .now).map { [$0] } ?? [])
            throw Problem(
                .unauthorized, "unauthenticated", "send \"Authorization: Bearer KEY\" or ?key=KEY with the key of the setting gorush.key")
        }
        return try await next(request, context)
    }

    private static func secrets(_ request: Request) -> [String] {
        let words = (request.headers[.authorization] ?? "").split(separator: " ", maxSplits: 1)
        let bearer = words.count == 2 && words[0].lowercased() == "bearer" ? [String(words[1])] : []
        return bearer + [request.uri.queryParameters["key"].map(String.init)].compactMap { $0 }
    }

    private static func digest(_ secret: String) -> SHA256.Digest { SHA256.hash(data: Array(secret.utf8)) }
}
