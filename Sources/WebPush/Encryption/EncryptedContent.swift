/// The content coding `aes128gcm` (RFC 8188): any key, any number of records.
public enum EncryptedContent {
    /// - Parameters:
    ///   - inputKey: the input keying material.
    ///   - header: with a salt that was never used with this key.
    ///   - paddingBytes: zeros to hide the length. They fill the first records, which keep at least one byte of content.
    ///     Less than none counts as none.
    public static func seal(
        _ plaintext: [UInt8], inputKey: [UInt8], header: EncryptedContentHeader, paddingBytes: Int = 0
    ) throws(WebPushError) -> [UInt8] {
        let cipher = RecordCipher(inputKey: inputKey, salt: header.salt)
        var padding = max(0, paddingBytes)
        let room = header.recordSize - RecordCipher.tagBytes - 1
        let records = max(1, (plaintext.count + padding + room - 1) / room)
        var output: [UInt8] = []
        output.reserveCapacity(header.byteCount + plaintext.count + padding + records * (RecordCipher.tagBytes + 1))
        header.append(to: &output)
        var content = plaintext[...]
        for index in 0..<records {
            let zeros = min(padding, content.isEmpty ? room : room - 1)
            let piece = content.prefix(room - zeros)
            try cipher.seal(record(piece, isLast: index == records - 1, zeros: zeros), index: UInt64(index), into: &output)
            content = content.dropFirst(piece.count)
            padding -= zeros
        }
        return output
    }

    /// - Throws: `contentTruncated`, `recordSizeInvalid`, `decryptionFailed`, `paddingInvalid`.
    public static func open(_ body: [UInt8], inputKey: [UInt8]) throws(WebPushError) -> [UInt8] {
        try open(body, header: EncryptedContentHeader(of: body), inputKey: inputKey)
    }

    static func open(_ body: [UInt8], header: EncryptedContentHeader, inputKey: [UInt8]) throws(WebPushError) -> [UInt8] {
        let cipher = RecordCipher(inputKey: inputKey, salt: header.salt)
        var rest = body.dropFirst(header.byteCount)
        var plaintext: [UInt8] = []
        plaintext.reserveCapacity(rest.count)
        var index: UInt64 = 0
        repeat {
            let record = try cipher.open(rest.prefix(header.recordSize), index: index)
            rest = rest.dropFirst(header.recordSize)
            plaintext.append(contentsOf: try content(of: record, isLast: rest.isEmpty))
            index += 1
        } while !rest.isEmpty
        return plaintext
    }
}

/// The delimiter tells the last record, so that nobody can cut records off unnoticed.
private func delimiter(isLast: Bool) -> UInt8 { isLast ? 2 : 1 }

private func record(_ content: ArraySlice<UInt8>, isLast: Bool, zeros: Int) -> [UInt8] {
    var record: [UInt8] = []
    record.reserveCapacity(content.count + 1 + zeros)
    record.append(contentsOf: content)
    record.append(delimiter(isLast: isLast))
    record.append(contentsOf: repeatElement(0, count: zeros))
    return record
}

private func content(of record: [UInt8], isLast: Bool) throws(WebPushError) -> ArraySlice<UInt8> {
    guard let end = record.lastIndex(where: { $0 != 0 }) else {
        throw WebPushError(.paddingInvalid, "A record has only zeros: its delimiter is missing")
    }
    guard record[end] == delimiter(isLast: isLast) else {
        throw WebPushError(
            .paddingInvalid,
            isLast
                ? "The last record isn't marked as the last: the content was cut off"
                : "There are records after the one that is marked as the last")
    }
    return record[..<end]
}

extension RecordCipher {
    private static let keyInfo = Array("Content-Encoding: aes128gcm".utf8) + [0, 1]
    private static let nonceInfo = Array("Content-Encoding: nonce".utf8) + [0, 1]

    /// RFC 8188 §2.2, §2.3.
    init(inputKey: [UInt8], salt: [UInt8]) {
        let pseudorandomKey = hmac(inputKey, key: salt)
        self.init(
            key: expand(pseudorandomKey, info: Self.keyInfo, count: 16),
            baseNonce: expand(pseudorandomKey, info: Self.nonceInfo, count: 12))
    }
}
