import JWS

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The claims as a sender wrote them, right or wrong: so that each mistake gets its own answer.
struct TokenClaims: Decodable {
    private let aud: Claim<String>
    private let exp: Claim<Double>
    private let sub: Claim<String>

    private enum Claim<Value: Decodable> {
        case missing
        /// null, or another type.
        case wrong
        case value(Value)
    }

    private enum CodingKeys: String, CodingKey { case aud, exp, sub }

    init(_ segment: Substring) throws(WebPushError) {
        guard let json = Base64URL.decode(segment), let claims = try? JSONDecoder().decode(Self.self, from: Data(json)) else {
            throw WebPushError(.claimsMalformed, "The token's claims are not a JSON object")
        }
        self = claims
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        func read<Value: Decodable>(_ key: CodingKeys) -> Claim<Value> {
            guard fields.contains(key) else { return .missing }
            return (try? fields.decode(Value.self, forKey: key)).map { .value($0) } ?? .wrong
        }
        (aud, exp, sub) = (read(.aud), read(.exp), read(.sub))
    }

    func audience(expected: String, _ otherSpellings: [String]) throws(WebPushError) -> String {
        switch aud {
        case .missing: throw WebPushError(.audienceMissing, "The token has no aud; it must be \(expected)")
        case .value(let audience) where audience == expected || otherSpellings.contains(audience): return expected
        default: throw WebPushError(.audienceMismatch, "The token's aud must be exactly \(expected), without a path or a slash")
        }
    }

    func expiry(now: Date) throws(WebPushError) -> Date {
        switch exp {
        case .missing: throw WebPushError(.expiryMissing, "The token has no exp; it must be at most 24 hours ahead")
        case .wrong: throw WebPushError(.expiryNotANumber, "The token's exp must be a number: seconds since 1970")
        case .value(let seconds): return try checked(Date(timeIntervalSince1970: seconds), now)
        }
    }

    /// Optional; but a sender that writes null has a mistake in its configuration, and Mozilla's service refuses it too.
    func subject() throws(WebPushError) -> String? {
        switch sub {
        case .missing: return nil
        case .wrong: throw WebPushError(.subjectInvalid, "The token's sub must be a mailto: or https: URL, or be left out")
        case .value(let text): return text
        }
    }

    private func checked(_ expiry: Date, _ now: Date) throws(WebPushError) -> Date {
        guard expiry > now else { throw WebPushError(.expired, "The token has expired; sign a new one, and check the clock") }
        let limit = VAPIDAuthorization.maximumLifetimeSeconds + VAPIDAuthorization.clockSkewSeconds
        guard expiry <= now.addingTimeInterval(Double(limit)) else {
            throw WebPushError(.expiryTooFarAhead, "The token's exp is more than 24 hours ahead (RFC 8292 §2)")
        }
        return expiry
    }
}
