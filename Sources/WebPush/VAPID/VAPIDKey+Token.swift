import JWS
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
            let payload = String(decoding: try JSONEncoder.claims.encode(SignedClaims(claims)), as: UTF8.self)
            return try CompactJWS.token(header: #"{"typ":"JWT","alg":"ES256"}"#, payload: payload) { signingInput in
                Array(try privateKey.signature(for: signingInput).rawRepresentation)
            }
        } catch {
            throw WebPushError(.signingFailed, "The VAPID token could not be signed", cause: error)
        }
    }
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
