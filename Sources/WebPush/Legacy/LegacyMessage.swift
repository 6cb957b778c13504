import JWS

/// A message of draft-ietf-webpush-encryption-04: the body, and what the headers beside it say.
public struct LegacyMessage: Sendable, Hashable {
    /// Ciphertext and tag.
    public let body: [UInt8]
    /// 16 bytes.
    public let salt: [UInt8]
    /// Bytes of a record without its tag.
    public let recordSize: Int
    /// The sender's key for this message, uncompressed, 65 bytes.
    public let senderPublicKey: [UInt8]

    static let defaultRecordSize = 4096

    init(body: [UInt8], salt: [UInt8], recordSize: Int = Self.defaultRecordSize, senderPublicKey: [UInt8]) {
        self.body = body
        self.salt = salt
        self.recordSize = recordSize
        self.senderPublicKey = senderPublicKey
    }

    /// Reads the headers that come with `Content-Encoding: aesgcm`.
    ///
    /// - Parameters:
    ///   - encryption: `salt=…;rs=…`; rs is 4096 when it is missing.
    ///   - cryptoKey: `dh=…`, maybe with `p256ecdsa=…` beside it.
    /// - Throws: `saltInvalid`, `recordSizeInvalid`, `headerMalformed`.
    public init(body: [UInt8], encryption: String, cryptoKey: String) throws(WebPushError) {
        let encryption = HeaderParameters(encryption)
        guard let salt = encryption["salt"].flatMap({ Base64URL.decode($0) }), salt.count == 16 else {
            throw WebPushError(.saltInvalid, "The header Encryption needs salt=<16 bytes as base64url>")
        }
        guard let recordSize = Int(encryption["rs"] ?? "\(Self.defaultRecordSize)"), 3...Int(UInt32.max) ~= recordSize else {
            throw WebPushError(.recordSizeInvalid, "rs in the header Encryption must be a number of at least 3")
        }
        guard let key = HeaderParameters(cryptoKey)["dh"].flatMap({ Base64URL.decode($0) }) else {
            throw WebPushError(.headerMalformed, "The header Crypto-Key needs dh=<public key as base64url>")
        }
        self.init(body: body, salt: salt, recordSize: recordSize, senderPublicKey: key)
    }

    /// The header `Encryption`.
    public var encryption: String {
        "salt=\(Base64URL.encode(salt))" + (recordSize == Self.defaultRecordSize ? "" : ";rs=\(recordSize)")
    }

    /// The header `Crypto-Key`. VAPID's draft adds `;p256ecdsa=<public key>`.
    public var cryptoKey: String { "dh=\(Base64URL.encode(senderPublicKey))" }
}
