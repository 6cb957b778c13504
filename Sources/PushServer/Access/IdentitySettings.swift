import HTTPTypes
import JSON

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How an App's own server signs who its users are: exactly one of a secret, keys, or where keys are. Kept sealed.
struct IdentitySettings: Sendable, Hashable, Codable {
    /// Shared; its UTF-8 is the HMAC key.
    var secret: String?
    /// A JSON Web Key Set.
    var jwks: JSONValue?
    /// Where there is one.
    var jwksURL: String?
    var issuer: String?
    var audience: String?

    enum CodingKeys: String, CodingKey {
        case secret, jwks, issuer, audience
        case jwksURL = "jwksUrl"
    }
}

extension IdentitySettings: RequestBody {
    static let shape = BodyShape.fields("secret", "jwks", "jwks_url", "issuer", "audience")

    private static let textLimitBytes = 2048

    /// Everything that can be said without asking anybody.
    /// - Throws: ``Problem`` that names the field.
    func checked() async throws -> IdentitySettings {
        guard [secret != nil, jwks != nil, jwksURL != nil].count(where: { $0 }) == 1 else {
            throw Self.invalid("secret", "give exactly one of secret, jwks and jwks_url")
        }
        for (field, text) in [("secret", secret), ("jwks_url", jwksURL), ("issuer", issuer), ("audience", audience)] {
            guard (1...Self.textLimitBytes).contains(text?.utf8.count ?? 1) else {
                throw Self.invalid(field, "give 1 to \(Self.textLimitBytes) bytes")
            }
        }
        try checkSecret()
        if let jwksURL, !jwksURL.hasPrefix("https://") { throw Self.invalid("jwks_url", "give an https URL") }
        if let jwks { _ = try await Self.keys(jwks) }
        return self
    }

    private func checkSecret() throws {
        guard let secret else { return }
        guard secret.utf8.count >= IdentityKey.secretMinimumBytes else {
            throw Self.invalid("secret", "give at least \(IdentityKey.secretMinimumBytes) bytes, made at random")
        }
        // Whoever has the public half of a pair could sign with it, if it were taken for a secret.
        guard !secret.contains("-----BEGIN") else { throw Self.invalid("secret", "this is a key in PEM; give it as jwks") }
    }

    private static func keys(_ jwks: JSONValue) async throws -> [IdentityKey] {
        do {
            return try await [IdentityKey](jwks: jwks, isStrict: true)
        } catch let unfit as IdentityKey.Unfit {
            throw invalid("jwks", unfit.reason)
        }
    }

    static func invalid(_ field: String, _ reason: String) -> Problem {
        Problem(.unprocessableContent, "invalid_field", "\(field): \(reason)", field: field)
    }
}
