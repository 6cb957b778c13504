internal import Crypto

/// Message encryption for Web Push (RFC 8291): one record of `aes128gcm`, with a key that both sides agree on.
public enum MessageEncryption {
    /// What fits in the 4096 bytes of body that every push service takes: without header (86), tag (16), delimiter (1).
    public static let maximumPlaintextBytes = 3993

    /// The record size that everybody writes.
    static let recordSize = 4096

    /// Encrypts for one user agent, with a fresh key and a fresh salt.
    ///
    /// - Parameters:
    ///   - plaintext: with the padding at most ``maximumPlaintextBytes``.
    ///   - paddingBytes: zeros that hide the length.
    /// - Returns: the body, to be sent with `Content-Encoding: aes128gcm`; 103 bytes longer than plaintext and padding.
    /// - Throws: `payloadTooLarge`; `publicKeyInvalid` or `authSecretInvalid` for keys that were trusted without reason.
    public static func seal(
        _ plaintext: [UInt8], for keys: SubscriptionKeys, paddingBytes: Int = 0
    ) throws(WebPushError) -> [UInt8] {
        try seal(plaintext, for: keys, paddingBytes: paddingBytes, ephemeralKey: .random(), salt: randomBytes(16))
    }

    /// The same with chosen randomness, to reproduce a message. Never use a key and salt for two messages: it would show both.
    ///
    /// - Parameters:
    ///   - ephemeralKey: raw private key, 32 bytes.
    ///   - salt: 16 bytes.
    /// - Throws: `privateKeyInvalid` and `saltInvalid` too.
    public static func seal(
        _ plaintext: [UInt8], for keys: SubscriptionKeys, paddingBytes: Int = 0, ephemeralKey: [UInt8], salt: [UInt8]
    ) throws(WebPushError) -> [UInt8] {
        try seal(
            plaintext, for: keys, paddingBytes: paddingBytes, ephemeralKey: EphemeralKey(rawRepresentation: ephemeralKey),
            salt: salt)
    }

    /// Decrypts what a sender made for this user agent.
    ///
    /// - Throws: `contentTruncated`, `recordSizeInvalid`, `contentHasSeveralRecords`, `keyIDInvalid` when it isn't a point on
    ///   the curve, `decryptionFailed`, `paddingInvalid`.
    public static func open(_ body: [UInt8], with key: UserAgentKey) throws(WebPushError) -> [UInt8] {
        let header = try EncryptedContentHeader(of: body)
        guard body.count - header.byteCount <= header.recordSize else {
            throw WebPushError(.contentHasSeveralRecords, "A push message must be one record (RFC 8291 §4)")
        }
        let secret = try agree(key.privateKey, senderKey(header))
        let inputKey = inputKey(secret: secret, keys: key.keys, senderPublicKey: header.keyID)
        return try EncryptedContent.open(body, header: header, inputKey: inputKey)
    }

    private static func seal(
        _ plaintext: [UInt8], for keys: SubscriptionKeys, paddingBytes: Int, ephemeralKey: EphemeralKey, salt: [UInt8]
    ) throws(WebPushError) -> [UInt8] {
        try checkSize(plaintext.count, paddingBytes)
        let inputKey = inputKey(
            secret: try ephemeralKey.sharedSecret(with: keys), keys: keys, senderPublicKey: ephemeralKey.publicKeyBytes)
        let header = try EncryptedContentHeader(salt: salt, recordSize: recordSize, keyID: ephemeralKey.publicKeyBytes)
        return try EncryptedContent.seal(plaintext, inputKey: inputKey, header: header, paddingBytes: paddingBytes)
    }

    private static func checkSize(_ plaintextBytes: Int, _ paddingBytes: Int) throws(WebPushError) {
        guard 0...maximumPlaintextBytes ~= paddingBytes, plaintextBytes <= maximumPlaintextBytes - paddingBytes else {
            throw WebPushError(
                .payloadTooLarge,
                "The payload has \(plaintextBytes) bytes and \(paddingBytes) of padding; together at most "
                    + "\(maximumPlaintextBytes) fit in a push message: shorten it or send a link")
        }
    }

    private static func senderKey(_ header: EncryptedContentHeader) throws(WebPushError) -> P256.KeyAgreement.PublicKey {
        do {
            return try publicKey(header.keyID, field: "keyid")
        } catch {
            throw WebPushError(.keyIDInvalid, error.message, cause: error)
        }
    }

    private static let keyInfo = Array("WebPush: info".utf8) + [0]

    /// RFC 8291 §3.4: binds the agreed secret to the subscription and to both public keys.
    static func inputKey(secret: [UInt8], keys: SubscriptionKeys, senderPublicKey: [UInt8]) -> [UInt8] {
        hmac(keyInfo + keys.p256dh + senderPublicKey + [1], key: hmac(secret, key: keys.auth))
    }
}
