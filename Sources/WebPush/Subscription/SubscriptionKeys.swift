import JWS
internal import Crypto

/// The user agent's half of the encryption (RFC 8291 §2): its public key, and a secret that only the subscription's
/// holders know.
public struct SubscriptionKeys: Sendable, Hashable {
    /// Uncompressed P-256 point, 65 bytes, first 0x04.
    public let p256dh: [UInt8]
    /// 16 bytes.
    public let auth: [UInt8]

    /// - Throws: `publicKeyInvalid` when p256dh isn't an uncompressed point on the curve, `authSecretInvalid`.
    public init(p256dh: [UInt8], auth: [UInt8]) throws(WebPushError) {
        _ = try publicKey(p256dh, field: "keys.p256dh")
        try checkAuthSecret(auth)
        self.init(trustedP256dh: p256dh, auth: auth)
    }

    /// For keys read back from a store of our own, which were checked when they came in: looking at the curve a second
    /// time costs as much as reading the row. ``MessageEncryption`` refuses wrong ones anyhow.
    public init(trustedP256dh: [UInt8], auth: [UInt8]) {
        p256dh = trustedP256dh
        self.auth = auth
    }
}

extension SubscriptionKeys: Codable {
    private enum CodingKeys: String, CodingKey { case p256dh, auth }

    /// Reads `{"p256dh":"…","auth":"…"}`, any base64.
    ///
    /// - Throws: ``WebPushError`` that names the field; `DecodingError` when one is missing.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        guard let p256dh = Base64URL.decode(try fields.decode(String.self, forKey: .p256dh)) else {
            throw WebPushError(.publicKeyInvalid, "keys.p256dh: this is not base64url")
        }
        guard let auth = Base64URL.decode(try fields.decode(String.self, forKey: .auth)) else {
            throw WebPushError(.authSecretInvalid, "keys.auth: this is not base64url")
        }
        try self.init(p256dh: p256dh, auth: auth)
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(Base64URL.encode(p256dh), forKey: .p256dh)
        try fields.encode(Base64URL.encode(auth), forKey: .auth)
    }
}

/// - Throws: `authSecretInvalid`.
func checkAuthSecret(_ auth: [UInt8]) throws(WebPushError) {
    guard auth.count == 16 else {
        throw WebPushError(.authSecretInvalid, "keys.auth: it has \(auth.count) bytes, not 16")
    }
}

/// Imports a point, which checks that it is on the curve: a point off it would leak the private key in the agreement.
///
/// - Parameter field: named in the message.
/// - Throws: `publicKeyInvalid`.
func publicKey(_ bytes: [UInt8], field: String) throws(WebPushError) -> P256.KeyAgreement.PublicKey {
    guard bytes.count == 65, bytes[0] == 4 else {
        throw WebPushError(
            .publicKeyInvalid,
            "\(field): it must be an uncompressed P-256 key, 65 bytes beginning with 04; it has \(bytes.count) bytes")
    }
    do {
        return try P256.KeyAgreement.PublicKey(x963Representation: bytes)
    } catch {
        throw WebPushError(.publicKeyInvalid, "\(field): the point is not on the curve P-256", cause: error)
    }
}
