#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Judges the JWT that a service account signs for itself (HarmonyOS: Push Kit, JWT authentication). Signatures are verified once for each
/// token.
struct HMSTokenChecks: Sendable {
    static let audience = "https://oauth-login.cloud.huawei.com/oauth2/v3/token"
    static let maximumLifetimeSeconds = 3600.0
    static let clockSkewSeconds = 60.0
    private static let keptTokens = 1000

    private var expiries: [Substring: Double] = [:]

    mutating func refusal(of text: Substring, account: HMSSimulator.Account, now: Date) -> HMSRefusal? {
        guard let expiry = expiries[text] ?? verifiedExpiry(text, account: account, now: now) else { return .unauthenticated }
        return now.timeIntervalSince1970 < expiry ? nil : .expiredSignedToken
    }

    private mutating func verifiedExpiry(_ text: Substring, account: HMSSimulator.Account, now: Date) -> Double? {
        guard let token = SignedToken(text), token.keyID == account.keyID, token.isSigned(by: account.key, algorithm: .ps256),
            token.claims["iss"]?.string == account.subAccount, token.claims["aud"]?.string == Self.audience,
            let issuedAt = token.claims["iat"]?.number, let expiry = token.claims["exp"]?.number, expiry > issuedAt,
            expiry - issuedAt <= Self.maximumLifetimeSeconds, issuedAt <= now.timeIntervalSince1970 + Self.clockSkewSeconds
        else { return nil }
        if expiries.count >= Self.keptTokens { expiries = [:] }
        expiries[text] = expiry
        return expiry
    }
}
