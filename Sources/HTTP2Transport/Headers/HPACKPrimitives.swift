import NIOCore

extension ByteBuffer {
    /// RFC 7541 §5.1.
    /// - Parameter pattern: the bits of the first byte above the prefix.
    mutating func writeHPACKInteger(_ value: Int, prefixBits: Int, pattern: UInt8) {
        let greatest = (1 << prefixBits) - 1
        guard value >= greatest else {
            writeInteger(pattern | UInt8(truncatingIfNeeded: value))
            return
        }
        writeInteger(pattern | UInt8(truncatingIfNeeded: greatest))
        var rest = value - greatest
        while rest >= 0x80 {
            writeInteger(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        writeInteger(UInt8(truncatingIfNeeded: rest))
    }

    /// RFC 7541 §5.2, as it is: Huffman codes save a fifth of the bytes and cost more than sending them.
    mutating func writeHPACKString(_ string: String) {
        writeHPACKInteger(string.utf8.count, prefixBits: 7, pattern: 0x00)
        writeString(string)
    }

    /// `:path` as a literal without indexing: a URL's bytes from `start` on.
    mutating func writePath(_ url: String, from start: Int) {
        let needsSlash = url.utf8.dropFirst(start).first != UInt8(ascii: "/")
        writeInteger(StaticTable.path)
        writeHPACKInteger(url.utf8.count - start + (needsSlash ? 1 : 0), prefixBits: 7, pattern: 0x00)
        if needsSlash { writeInteger(UInt8(ascii: "/")) }
        writeBytes(url.utf8.dropFirst(start))
    }
}
