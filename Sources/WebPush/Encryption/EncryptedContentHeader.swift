/// What stands before the records (RFC 8188 §2.1): salt, record size, key id.
public struct EncryptedContentHeader: Sendable, Hashable {
    /// 16 bytes.
    public let salt: [UInt8]
    /// Bytes of each record with its tag; the last may be shorter.
    public let recordSize: Int
    /// At most 255 bytes. In Web Push the sender's public key.
    public let keyID: [UInt8]

    /// A record holds a delimiter, a tag and at least one byte of content.
    public static let minimumRecordSize = 18

    /// - Throws: `saltInvalid`, `recordSizeInvalid`, `keyIDInvalid`.
    public init(salt: [UInt8], recordSize: Int, keyID: [UInt8]) throws(WebPushError) {
        guard salt.count == 16 else { throw WebPushError(.saltInvalid, "The salt has \(salt.count) bytes, not 16") }
        guard Self.minimumRecordSize...Int(UInt32.max) ~= recordSize else {
            throw WebPushError(
                .recordSizeInvalid, "The record size is \(recordSize); RFC 8188 wants at least \(Self.minimumRecordSize)")
        }
        guard keyID.count <= 255 else {
            throw WebPushError(.keyIDInvalid, "The key id has \(keyID.count) bytes; its length must fit in one byte")
        }
        self.salt = salt
        self.recordSize = recordSize
        self.keyID = keyID
    }

    /// Reads the beginning of a body.
    ///
    /// - Throws: `contentTruncated` when the body ends before the header, `recordSizeInvalid`.
    public init(of body: [UInt8]) throws(WebPushError) {
        guard body.count >= 21, body.count >= 21 + Int(body[20]) else {
            throw WebPushError(
                .contentTruncated, "The body has \(body.count) bytes and ends within its header (salt, record size, key id)")
        }
        let recordSize = body[16..<20].reduce(0) { $0 << 8 | Int($1) }
        try self.init(salt: Array(body[..<16]), recordSize: recordSize, keyID: Array(body[21..<21 + Int(body[20])]))
    }

    /// How many bytes the header takes.
    public var byteCount: Int { 21 + keyID.count }

    func append(to output: inout [UInt8]) {
        output.append(contentsOf: salt)
        withUnsafeBytes(of: UInt32(recordSize).bigEndian) { output.append(contentsOf: $0) }
        output.append(UInt8(keyID.count))
        output.append(contentsOf: keyID)
    }
}
