internal import Crypto

/// AES-128-GCM over the records of one content, each with its own nonce (RFC 8188 §2.2, §2.3).
struct RecordCipher {
    static let tagBytes = 16

    let key: SymmetricKey
    let baseNonce: [UInt8]

    /// - Parameters:
    ///   - key: 16 bytes.
    ///   - baseNonce: 12 bytes; the nonce of record 0.
    init(key: [UInt8], baseNonce: [UInt8]) {
        self.key = SymmetricKey(data: key)
        self.baseNonce = baseNonce
    }

    /// Appends ciphertext and tag to `output`.
    func seal(_ record: [UInt8], index: UInt64 = 0, into output: inout [UInt8]) throws(WebPushError) {
        do {
            let box = try AES.GCM.seal(record, using: key, nonce: nonce(index))
            output.append(contentsOf: box.ciphertext)
            output.append(contentsOf: box.tag)
        } catch {
            throw WebPushError(.encryptionFailed, "AES-128-GCM could not seal a record of \(record.count) bytes", cause: error)
        }
    }

    /// - Throws: `contentTruncated` when there isn't even a tag and one byte; `decryptionFailed`.
    func open(_ record: ArraySlice<UInt8>, index: UInt64 = 0) throws(WebPushError) -> [UInt8] {
        guard record.count > Self.tagBytes else {
            throw WebPushError(
                .contentTruncated, "The last record has \(record.count) bytes, fewer than a tag and a delimiter need")
        }
        do {
            let box = try AES.GCM.SealedBox(
                nonce: nonce(index), ciphertext: record.dropLast(Self.tagBytes), tag: record.suffix(Self.tagBytes))
            return Array(try AES.GCM.open(box, using: key))
        } catch {
            throw WebPushError(
                .decryptionFailed, "Decryption failed: the content was changed on its way, or it was made for other keys",
                cause: error)
        }
    }

    private func nonce(_ index: UInt64) throws -> AES.GCM.Nonce {
        try AES.GCM.Nonce(data: nonceBytes(index))
    }

    /// The base nonce XOR the record's number, 96 bits, big-endian.
    func nonceBytes(_ index: UInt64) -> [UInt8] {
        var nonce = baseNonce
        for position in 0..<8 { nonce[11 - position] ^= UInt8(truncatingIfNeeded: index >> (8 * UInt64(position))) }
        return nonce
    }
}
