import HTTPTransport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Checks the tokens of one App.
struct IdentityChecker: Sendable {
    let settings: IdentitySettings
    private let fixed: [IdentityKey]
    private let source: JWKSource?

    /// - Throws: ``IdentityKey/Unfit`` for settings that weren't checked.
    init(_ settings: IdentitySettings, transport: any Transport) async throws {
        self.settings = settings
        source = settings.jwksURL.map { JWKSource(url: $0, transport: transport) }
        fixed =
            if let secret = settings.secret {
                try await IdentityKey.keys(secret: secret)
            } else if let jwks = settings.jwks {
                try await [IdentityKey](jwks: jwks, isStrict: true)
            } else {
                []
            }
    }

    /// The user that a token speaks for.
    /// - Throws: ``IdentityRefusal``.
    func user(of text: String, now: Date) async throws(IdentityRefusal) -> String {
        let token = try IdentityToken(text)
        let keys = try await keys()
        guard keys.candidates(for: token).contains(where: { $0.isSignatureValid(of: token) }) else { throw .untrusted }
        try token.claims.check(now: now, issuer: settings.issuer, audience: settings.audience)
        return token.claims.user
    }

    private func keys() async throws(IdentityRefusal) -> [IdentityKey] {
        guard let source else { return fixed }
        let keys = await source.keys(now: .now)
        guard !keys.isEmpty else { throw .keysUnavailable }
        return keys
    }

    /// What may be shown of the keys in force: `kid` and `alg` of each.
    func keyLabels() async -> [(id: String?, algorithm: String)] {
        let keys = await source?.keys(now: .now) ?? fixed
        return keys.map { ($0.id, $0.algorithm) }
    }

    /// Fetches the keys, where they are at a URL.
    /// - Throws: ``Problem`` when they can't be had.
    func fetch() async throws {
        do {
            try await source?.fetch(now: .now)
        } catch let unfit as IdentityKey.Unfit {
            throw IdentitySettings.invalid(
                "jwks_url", "the keys there can't be had: \(unfit.reason); with ?verify=false the settings are kept all the same")
        }
    }
}
