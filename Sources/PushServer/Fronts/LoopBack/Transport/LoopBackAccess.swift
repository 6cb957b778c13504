import Crypto
import HTTPTypes
import Hummingbird
import PushSender
import PushStorage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Finds out who asks: who has the front's key, a key of Herald's, or none where registering is open.
struct LoopBackAccess: Sendable {
    private let digest: SHA256.Digest
    private let opensRegistration: Bool
    private let keys: KeyCheck
    private let apps: SQLAppStore

    /// - Returns: nil where the front is off.
    init?(_ settings: LoopBackSettings, keys: KeyCheck, apps: SQLAppStore) {
        guard let key = settings.key else { return nil }
        digest = Self.digest(key)
        opensRegistration = settings.opensRegistration
        self.keys = keys
        self.apps = apps
    }

    /// - Throws: ``LoopBackError`` 401; ``Problem`` 429 where the limits refuse.
    func caller(of request: Request, _ context: APIContext) async throws -> LoopBackCaller {
        let secrets = Self.secrets(request)
        // Digests take equally long to compare, whatever is right in a guess.
        if secrets.contains(where: { Self.digest($0) == digest }) { return .owner }
        if let secret = secrets.first, !opensRegistration || secret.hasPrefix("herald_") {
            return try await caller(with: keys.key(secret: secret, from: context.address, notes: context.rates))
        }
        guard opensRegistration else { throw LoopBackError.unauthorized(Self.remedy) }
        // A wrong token is ignored where none is needed: apps send those of their own users.
        try context.rates.note(keys.limits.request(through: "loopback", from: context.address, now: .now).map { [$0] } ?? [])
        return .stranger
    }

    static let remedy =
        "send the key of the setting loopback.key, or one of Herald's, as Authorization, as X-Access-Token or as ?access_token="

    private func caller(with key: APIKey) async throws -> LoopBackCaller {
        if key.scope == .admin, key.app == .default { return .owner }
        let name = try await apps.apps().first { $0.id == key.app }?.name
        let rights: LoopBackCaller.Rights =
            switch key.scope {
            case .admin: [.register, .send]
            case .register: .register
            case .send: .send
            case .read: []
            }
        return LoopBackCaller(rights: rights, appName: name ?? "")
    }

    /// Bare, as LoopBack's clients send it, or as everybody else does.
    private static func secrets(_ request: Request) -> [String] {
        let field = request.headers[.authorization] ?? ""
        let words = field.split(separator: " ", maxSplits: 1)
        let authorization = words.count == 2 && words[0].lowercased() == "bearer" ? String(words[1]) : field
        return [authorization, request.headers[.accessToken] ?? "", request.uri.queryParameters["access_token"].map(String.init) ?? ""]
            .filter { !$0.isEmpty }
    }

    private static func digest(_ secret: String) -> SHA256.Digest { SHA256.hash(data: Array(secret.utf8)) }
}

extension HTTPField.Name {
    // Names that are plain ASCII are names.
    static let accessToken = HTTPField.Name("X-Access-Token")!
}
