import JWS
internal import Crypto

/// The header `Authorization` of a message, as a push service reads it: a token, and the key that signed it.
public struct VAPIDAuthorization: Sendable {
    /// The JSON Web Token, not verified yet.
    public let token: String
    /// Uncompressed, 65 bytes.
    public let publicKey: [UInt8]
    let verificationKey: P256.Signing.PublicKey

    /// - Parameters:
    ///   - authorization: `vapid t=…, k=…` (RFC 8292 §3), or the drafts' `WebPush <token>` and `Bearer <token>`.
    ///   - cryptoKey: the header Crypto-Key, where the drafts have the key, as `p256ecdsa=…`.
    /// - Throws: `schemeUnknown`, `tokenMissing`, `keyMissing`, `publicKeyInvalid`.
    public init(authorization: String, cryptoKey: String?) throws(WebPushError) {
        let words = authorization.split(maxSplits: 1, whereSeparator: { $0 == " " || $0 == "\t" })
        let credentials = words.count > 1 ? String(words[1]) : ""
        let key: String?
        switch words.first?.lowercased() {
        case "vapid":
            let parameters = HeaderParameters(credentials)
            (token, key) = (parameters["t"] ?? "", parameters["k"])
        case "webpush", "bearer":
            token = String(credentials.prefix { $0 != " " })
            key = HeaderParameters(cryptoKey ?? "")["p256ecdsa"]
        default:
            throw WebPushError(
                .schemeUnknown, "The Authorization scheme must be vapid (RFC 8292): vapid t=<token>, k=<public key>")
        }
        guard !token.isEmpty else { throw WebPushError(.tokenMissing, "The Authorization header has no token (t=)") }
        guard let key else {
            throw WebPushError(
                .keyMissing, "The public key is missing: k= beside the token, or p256ecdsa= in Crypto-Key for the drafts' schemes")
        }
        (publicKey, verificationKey) = try signingKey(key)
    }
}

private func signingKey(_ text: String) throws(WebPushError) -> ([UInt8], P256.Signing.PublicKey) {
    guard let bytes = Base64URL.decode(text) else {
        throw WebPushError(.publicKeyInvalid, "The VAPID public key is not base64url")
    }
    guard bytes.count == 65, bytes[0] == 4 else {
        throw WebPushError(
            .publicKeyInvalid,
            "The VAPID public key must be an uncompressed P-256 key, 65 bytes beginning with 04; it has \(bytes.count) bytes")
    }
    do {
        return (bytes, try P256.Signing.PublicKey(x963Representation: bytes))
    } catch {
        throw WebPushError(.publicKeyInvalid, "The VAPID public key is not on the curve P-256", cause: error)
    }
}
