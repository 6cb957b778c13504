internal import Crypto

/// The content coding `aesgcm` (draft-ietf-webpush-encryption-04), which some senders still use. A user agent must open it;
/// sealing is for those that open nothing else.
public enum LegacyEncryption {
    /// What fits in 4096 bytes of body: without tag (16) and length of the padding (2).
    public static let maximumPlaintextBytes = 4078

    /// - Parameter paddingBytes: zeros that hide the length; with the plaintext at most ``maximumPlaintextBytes``.
    /// - Throws: `payloadTooLarge`; `publicKeyInvalid` or `authSecretInvalid` for keys that were trusted without reason.
    public static func seal(
        _ plaintext: [UInt8], for keys: SubscriptionKeys, paddingBytes: Int = 0
    ) throws(WebPushError) -> LegacyMessage {
        try seal(plaintext, for: keys, paddingBytes: paddingBytes, ephemeralKey: .random(), salt: randomBytes(16))
    }

    static func seal(
        _ plaintext: [UInt8], for keys: SubscriptionKeys, paddingBytes: Int, ephemeralKey: EphemeralKey, salt: [UInt8]
    ) throws(WebPushError) -> LegacyMessage {
        guard 0...maximumPlaintextBytes ~= paddingBytes, plaintext.count <= maximumPlaintextBytes - paddingBytes else {
            throw WebPushError(
                .payloadTooLarge,
                "The payload has \(plaintext.count) bytes; with its padding at most \(maximumPlaintextBytes) fit in a push message")
        }
        let secret = try ephemeralKey.sharedSecret(with: keys)
        let cipher = RecordCipher(
            legacySecret: secret, keys: keys, senderPublicKey: ephemeralKey.publicKeyBytes, salt: salt)
        var body: [UInt8] = []
        try cipher.seal(framed(plaintext, paddingBytes: paddingBytes), into: &body)
        return LegacyMessage(body: body, salt: salt, senderPublicKey: ephemeralKey.publicKeyBytes)
    }

    /// - Throws: `keyIDInvalid` when the sender's key isn't a point on the curve, `contentTruncated`,
    ///   `contentHasSeveralRecords`, `decryptionFailed`, `paddingInvalid`.
    public static func open(_ message: LegacyMessage, with key: UserAgentKey) throws(WebPushError) -> [UInt8] {
        guard message.body.count < message.recordSize + RecordCipher.tagBytes else {
            throw WebPushError(.contentHasSeveralRecords, "A push message must be one record, shorter than rs")
        }
        let secret = try agree(key.privateKey, senderKey(message))
        let cipher = RecordCipher(
            legacySecret: secret, keys: key.keys, senderPublicKey: message.senderPublicKey, salt: message.salt)
        return try unframed(cipher.open(message.body[...]))
    }

    private static func senderKey(_ message: LegacyMessage) throws(WebPushError) -> P256.KeyAgreement.PublicKey {
        do {
            return try publicKey(message.senderPublicKey, field: "dh")
        } catch {
            throw WebPushError(.keyIDInvalid, error.message, cause: error)
        }
    }
}

/// The padding stands in front here: its length in two bytes, big-endian, then its zeros.
private func framed(_ plaintext: [UInt8], paddingBytes: Int) -> [UInt8] {
    [UInt8(paddingBytes >> 8), UInt8(paddingBytes & 255)] + Array(repeating: 0, count: paddingBytes) + plaintext
}

private func unframed(_ record: [UInt8]) throws(WebPushError) -> [UInt8] {
    guard record.count >= 2 else { throw WebPushError(.paddingInvalid, "The record is too short for the length of its padding") }
    let paddingBytes = Int(record[0]) << 8 | Int(record[1])
    guard record.count >= 2 + paddingBytes, record[2..<2 + paddingBytes].allSatisfy({ $0 == 0 }) else {
        throw WebPushError(.paddingInvalid, "The padding is longer than the record, or it isn't zeros")
    }
    return Array(record[(2 + paddingBytes)...])
}

extension RecordCipher {
    init(legacySecret secret: [UInt8], keys: SubscriptionKeys, senderPublicKey: [UInt8], salt: [UInt8]) {
        let inputKey = hmac(Array("Content-Encoding: auth".utf8) + [0, 1], key: hmac(secret, key: keys.auth))
        let pseudorandomKey = hmac(inputKey, key: salt)
        let context = Array("P-256".utf8) + [0] + lengthPrefixed(keys.p256dh) + lengthPrefixed(senderPublicKey) + [1]
        self.init(
            key: expand(pseudorandomKey, info: Array("Content-Encoding: aesgcm".utf8) + [0] + context, count: 16),
            baseNonce: expand(pseudorandomKey, info: Array("Content-Encoding: nonce".utf8) + [0] + context, count: 12))
    }
}

private func lengthPrefixed(_ bytes: [UInt8]) -> [UInt8] {
    [UInt8(bytes.count >> 8), UInt8(bytes.count & 255)] + bytes
}
