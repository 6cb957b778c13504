import NIOCore
import NIOHPACK

/// Decompresses reply headers. All blocks of a connection have to pass through it, also those nobody wants: they fill the table.
struct ReplyHeaderDecoder {
    /// What a reply's headers may take, uncompressed (RFC 9113 §6.5.2: SETTINGS_MAX_HEADER_LIST_SIZE).
    static let listLimitBytes = 16_384

    struct Head {
        /// nil in trailers.
        var status: Int?
        var headers: [(name: String, value: String)]
    }

    private var hpack = HPACKDecoder(
        allocator: ByteBufferAllocator(), maxDynamicTableSize: HPACKDecoder.maxDynamicTableSize, maxHeaderListSize: listLimitBytes)
    /// The block before, if it consisted of table entries alone, and what it meant: a server's replies are mostly the same.
    private var last: (block: [UInt8], head: Head)?

    /// - Returns: nil for a block that is malformed (RFC 9113 §8.2, §8.3.2); its stream has to be reset.
    mutating func decode(_ block: inout ByteBuffer) throws(ConnectionFault) -> Head? {
        if let last, block.readableBytesView.elementsEqual(last.block) { return last.head }
        let changesNothing = block.readableBytesView.allSatisfy(Self.isWholeIndexedField)
        let bytes = changesNothing ? Array(buffer: block) : []
        let fields: HPACKHeaders
        do { fields = try hpack.decodeHeaders(from: &block) } catch {
            throw ConnectionFault(.compressionError, "headers that can't be decompressed")
        }
        let head = Self.head(fields)
        last = changesNothing ? head.map { (bytes, $0) } : nil
        return head
    }

    /// One byte that is a whole field out of the table (RFC 7541 §6.1). Blocks of these alone leave the table as it is.
    private static func isWholeIndexedField(_ byte: UInt8) -> Bool { byte > 0x80 && byte < 0xFF }

    private static func head(_ fields: HPACKHeaders) -> Head? {
        var head = Head(status: nil, headers: [])
        head.headers.reserveCapacity(fields.count)
        for (name, value, _) in fields {
            if name == ":status" {
                guard head.status == nil, head.headers.isEmpty, value.utf8.count == 3, let status = Int(value), status >= 100
                else { return nil }
                head.status = status
            } else {
                guard isAllowed(name) else { return nil }
                head.headers.append((name, value))
            }
        }
        return head
    }

    private static func isAllowed(_ name: String) -> Bool {
        switch name {
        case "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade": false
        default: !name.isEmpty && !name.hasPrefix(":") && name.utf8.allSatisfy { !(0x41...0x5A).contains($0) }
        }
    }
}
