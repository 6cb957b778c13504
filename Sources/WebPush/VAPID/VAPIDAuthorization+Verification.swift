import JWS
internal import Crypto

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension VAPIDAuthorization {
    /// RFC 8292 §2: a token lives at most a day.
    public static let maximumLifetimeSeconds = 86_400
    /// How far the sender's clock may be ahead of ours.
    public static let clockSkewSeconds = 60

    /// Checks everything that the token says.
    ///
    /// - Parameters:
    ///   - audience: our origin, which `aud` must be exactly.
    ///   - otherSpellings: of the same origin, which are as good.
    /// - Throws: `tokenMalformed`, `algorithmUnsupported`, `signatureInvalid`, `claimsMalformed`, `audienceMissing`,
    ///   `audienceMismatch`, `expiryMissing`, `expiryNotANumber`, `expired`, `expiryTooFarAhead`, `subjectInvalid`.
    public func verify(audience: String, otherSpellings: [String] = [], now: Date) throws(WebPushError) -> VAPIDClaims {
        let segments = token.split(separator: ".", omittingEmptySubsequences: false)
        guard segments.count == 3, !segments.contains("") else {
            throw WebPushError(.tokenMalformed, "The token must have three parts with dots between: header.claims.signature")
        }
        try checkAlgorithm(segments[0])
        try checkSignature(segments[2], of: token.utf8.dropLast(segments[2].utf8.count + 1))
        let claims = try TokenClaims(segments[1])
        return VAPIDClaims(
            audience: try claims.audience(expected: audience, otherSpellings), expiresAt: try claims.expiry(now: now),
            subject: try claims.subject())
    }

    private func checkAlgorithm(_ segment: Substring) throws(WebPushError) {
        guard let json = Base64URL.decode(segment),
            let header = try? JSONDecoder().decode(TokenHeader.self, from: Data(json))
        else {
            throw WebPushError(.tokenMalformed, "The token's header is not JSON with the member alg")
        }
        guard header.alg == "ES256" else {
            throw WebPushError(.algorithmUnsupported, "The token must be signed with ES256 (RFC 8292 §2)")
        }
    }

    private func checkSignature(_ segment: Substring, of signed: some Sequence<UInt8>) throws(WebPushError) {
        guard let bytes = Base64URL.decode(segment), bytes.count == 64,
            let signature = try? P256.Signing.ECDSASignature(rawRepresentation: bytes),
            verificationKey.isValidSignature(signature, for: Array(signed))
        else {
            throw WebPushError(.signatureInvalid, "The token's signature isn't the given key's")
        }
    }
}

private struct TokenHeader: Decodable {
    let alg: String
}
