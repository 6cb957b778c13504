#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Judges `authorization: bearer …` (Apple: Establishing a token-based connection to APNs). Signatures are verified once for each token.
struct ProviderTokenChecks: Sendable {
    static let maximumAgeSeconds = 3600.0
    static let minimumUpdateSeconds = 20.0 * 60
    /// How far the client's clock may be ahead.
    static let clockSkewSeconds = 60.0
    /// Beyond it everything is verified anew.
    private static let keptTokens = 1000

    private struct Verified {
        let key: ProviderKeyName
        let issuedAt: Double
    }

    private var verified: [String: Verified] = [:]

    mutating func refusal(
        of authorization: String, account: APNsSimulator.Account, environment: String, on connection: inout ConnectionMemory, now: Date
    ) -> APNsRefusal? {
        guard let token = verify(authorization, account: account) else {
            return authorization.isEmpty ? .missingProviderToken : .invalidProviderToken
        }
        let age = now.timeIntervalSince1970 - token.issuedAt
        guard age >= -Self.clockSkewSeconds else { return .invalidProviderToken }
        guard age <= Self.maximumAgeSeconds else { return .expiredProviderToken }
        if let only = account.keyEnvironments[token.key.keyID], only != environment { return .badEnvironmentKey }
        return bind(token.key, authorization, to: &connection, now: now)
    }

    /// A connection is tied to its first key, and changes tokens no more often than every 20 minutes.
    private func bind(_ key: ProviderKeyName, _ text: String, to connection: inout ConnectionMemory, now: Date) -> APNsRefusal? {
        if let bound = connection.boundKey, bound != key { return bound.teamID == key.teamID ? .unrelatedKey : .invalidProviderToken }
        if let current = connection.providerToken, current.text != text {
            guard now.timeIntervalSince(current.since) >= Self.minimumUpdateSeconds else { return .tooManyUpdates }
            connection.providerToken = (text, now)
        } else if connection.providerToken == nil {
            connection.providerToken = (text, now)
        }
        connection.boundKey = key
        return nil
    }

    private mutating func verify(_ authorization: String, account: APNsSimulator.Account) -> Verified? {
        if let known = verified[authorization] { return known }
        guard authorization.prefix(7).lowercased() == "bearer ", let token = SignedToken(authorization.dropFirst(7)),
            let keyID = token.keyID, let key = account.keys[keyID], token.isSigned(by: key),
            token.claims["iss"]?.string == account.teamID, let issuedAt = token.claims["iat"]?.number
        else { return nil }
        if verified.count >= Self.keptTokens { verified = [:] }
        let result = Verified(key: .init(teamID: account.teamID, keyID: keyID), issuedAt: issuedAt)
        verified[authorization] = result
        return result
    }
}
