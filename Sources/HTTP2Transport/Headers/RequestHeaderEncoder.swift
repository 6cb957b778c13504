import HTTPTransport
import NIOCore

/// Compresses request headers (HPACK, RFC 7541) into a buffer.
///
/// By hand, because requests of one batch differ in a path and an id and in nothing else: NIOHPACK hashes and Huffman-codes every
/// header of every request, which costs more than the rest of the request together. Here a header is compared with what was last
/// sent under its name, mostly by the identity of its string.
///
/// What goes into the dynamic table follows Apple's advice without knowing its headers: a value enters the table when its name comes
/// for the first time, or when it comes the second time in a row, so `apns-id` is a literal after the first request and `apns-topic` is
/// one byte. `:path` is always a literal; `authorization` is one where the far side asks for it. Nothing is Huffman-coded.
struct RequestHeaderEncoder {
    /// RFC 7541 §4.2: what we use at most, whatever the far side would allow.
    static let tableLimit = 4096
    /// The number of a value that is remembered, but not in the table.
    private static let nowhere = -1
    /// Apple: `authorization` is a literal without indexing. Elsewhere an OAuth token of a kilobyte would be most of the traffic.
    let indexesAuthorization: Bool

    private var table = DynamicTable(limit: tableLimit)
    private var memory: [Remembered] = []
    /// The size to announce before the next header block (RFC 7541 §4.2).
    private var newTableSize: Int?

    /// What was last sent under a name.
    private struct Remembered {
        let name: String
        /// The value in the dynamic table, and the number it was inserted as.
        var value: String
        var number: Int
        /// The value that was sent last, where it isn't the one in the table.
        var other: String?
    }

    init(indexesAuthorization: Bool) {
        self.indexesAuthorization = indexesAuthorization
        memory.reserveCapacity(16)
    }

    /// The far side's SETTINGS_HEADER_TABLE_SIZE.
    mutating func setTableSize(_ size: Int) {
        let size = min(size, Self.tableLimit)
        guard size != table.limit else { return }
        // Should it shrink and grow again before the next block, the smaller size has to be said too: staying small avoids that.
        let smallest = min(size, newTableSize ?? size)
        table.limit = smallest
        newTableSize = smallest
    }

    /// Writes the header block of a request (RFC 9113 §8.3.1).
    /// - Parameter originLength: after how many bytes of the URL `:path` begins; it is led by `/` where the URL has none.
    mutating func write(
        _ request: TransportRequest, authority: String, originLength: Int, to block: inout ByteBuffer
    ) throws(InvalidHeader) {
        let headers = request.headers
        // Before the first byte: half a block would leave both tables different.
        guard request.url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }) else { throw InvalidHeader(name: ":path") }
        for (index, header) in headers.enumerated() { try check(header.name, header.value, position: index + 1) }
        if let size = newTableSize {
            block.writeHPACKInteger(size, prefixBits: 5, pattern: 0x20)
            newTableSize = nil
        }
        writeMethod(request.method, to: &block)
        block.writeInteger(StaticTable.schemeHTTPS)
        write(":authority", authority, position: 0, to: &block)
        block.writePath(request.url, from: originLength)
        var hasLength = false
        for (index, header) in headers.enumerated() {
            if header.name == "content-length" { hasLength = true }
            write(header.name, header.value, position: index + 1, to: &block)
        }
        if !hasLength, !request.body.isEmpty || request.method != "GET" {
            block.writeHPACKInteger(StaticTable.contentLength, prefixBits: 4, pattern: 0x00)
            block.writeHPACKString(String(request.body.count))
        }
    }

    private func writeMethod(_ method: String, to block: inout ByteBuffer) {
        switch method {
        case "POST": block.writeInteger(StaticTable.methodPOST)
        case "GET": block.writeInteger(StaticTable.methodGET)
        default:
            block.writeHPACKInteger(StaticTable.method, prefixBits: 4, pattern: 0x00)
            block.writeHPACKString(method)
        }
    }

    private mutating func write(_ name: String, _ value: String, position: Int, to block: inout ByteBuffer) {
        let place = place(of: name, near: position)
        guard indexesAuthorization || name != "authorization" else { return writeAuthorization(value, at: place, to: &block) }
        guard let place else { return insert(name, value, nameIndex: nil, at: nil, to: &block) }
        let index = table.index(of: memory[place].number)
        if let index, memory[place].value == value {
            block.writeHPACKInteger(index, prefixBits: 7, pattern: 0x80)
        } else if let index, memory[place].other != value {
            memory[place].other = value
            block.writeHPACKInteger(index, prefixBits: 4, pattern: 0x00)
            block.writeHPACKString(value)
        } else {
            insert(name, value, nameIndex: index, at: place, to: &block)
        }
    }

    private mutating func writeAuthorization(_ value: String, at place: Int?, to block: inout ByteBuffer) {
        block.writeHPACKInteger(StaticTable.authorization, prefixBits: 4, pattern: 0x00)
        block.writeHPACKString(value)
        guard let place else { return remember(Remembered(name: "authorization", value: value, number: Self.nowhere)) }
        memory[place].value = value
    }

    /// Literal with incremental indexing (RFC 7541 §6.2.1), or without where it is too long for the table to be of use to others.
    private mutating func insert(_ name: String, _ value: String, nameIndex: Int?, at place: Int?, to block: inout ByteBuffer) {
        let size = name.utf8.count + value.utf8.count + DynamicTable.overhead
        let isKept = size <= table.limit / 2
        if isKept {
            block.writeHPACKInteger(nameIndex ?? 0, prefixBits: 6, pattern: 0x40)
        } else {
            block.writeHPACKInteger(nameIndex ?? 0, prefixBits: 4, pattern: 0x00)
        }
        if nameIndex == nil { block.writeHPACKString(name) }
        block.writeHPACKString(value)
        guard isKept else { return }
        let remembered = Remembered(name: name, value: value, number: table.insert(size: size), other: nil)
        if let place { memory[place] = remembered } else { remember(remembered) }
    }

    /// More names than the table could hold are never of use.
    private mutating func remember(_ entry: Remembered) {
        if memory.count >= Self.tableLimit / DynamicTable.overhead { memory.removeAll(keepingCapacity: true) }
        memory.append(entry)
    }

    /// Requests carry the same headers in the same order, so the place of a name is mostly that of the request before.
    private func place(of name: String, near position: Int) -> Int? {
        if position < memory.count, memory[position].name == name { return position }
        return memory.firstIndex { $0.name == name }
    }

    /// RFC 9113 §8.2.1. A header that was let through once needs no second look.
    private func check(_ name: String, _ value: String, position: Int) throws(InvalidHeader) {
        if position < memory.count, memory[position].name == name, memory[position].value == value { return }
        let nameIsFine = !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x3A && !(0x41...0x5A).contains($0) }
        let valueIsFine = value.utf8.allSatisfy { $0 != 0x0D && $0 != 0x0A && $0 != 0 }
        guard nameIsFine, valueIsFine else { throw InvalidHeader(name: name) }
    }
}

/// A header that would not arrive as what it is.
struct InvalidHeader: Error {
    let name: String
}
