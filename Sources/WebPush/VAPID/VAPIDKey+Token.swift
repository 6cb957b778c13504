internal import Crypto

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension VAPIDKey {
    /// The value of the header `Authorization` (RFC 8292 §3): `vapid t=<token>, k=<public key>`.
    ///
    /// - Throws: `signingFailed`.
    public func authorization(for claims: VAPIDClaims) throws(WebPushError) -> String {
        "vapid t=\(try token(for: claims)), k=\(publicKeyBase64URL)"
    }

    /// A JSON Web Token signed with ES256 (RFC 7515, RFC 7518 §3.4).
    func token(for claims: VAPIDClaims) throws(WebPushError) -> String {
        do {
            let unsigned = Self.header + "." + Base64URL.encode(try JSONEncoder.claims.encode(SignedClaims(claims)))
            let signature = try privateKey.signature(for: Array(unsigned.utf8))
            return unsigned + "." + Base64URL.encode(signature.rawRepresentation)
        } catch {
            throw WebPushError(.signingFailed, "The VAPID token could not be signed", cause: error)
        }
    }

    private static let header = Base64URL.encode(#"{"typ":"JWT","alg":"ES256"}"#.utf8)
}

private struct SignedClaims: Encodable {
    let aud: String
    let exp: Int
    let sub: String?

    init(_ claims: VAPIDClaims) {
        aud = claims.audience
        exp = Int(claims.expiresAt.timeIntervalSince1970)
        sub = claims.subject
    }
}

extension JSONEncoder {
    fileprivate static var claims: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}
