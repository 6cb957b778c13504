/// Entries of RFC 7541, appendix A.
enum StaticTable {
    static let size = 61
    static let method = 2
    static let authorization = 23
    static let contentLength = 28
    /// Indexed fields (RFC 7541 §6.1) as they are written.
    static let methodGET: UInt8 = 0x80 | 2
    static let methodPOST: UInt8 = 0x80 | 3
    static let schemeHTTPS: UInt8 = 0x80 | 7
    static let path: UInt8 = 4
}

/// The sizes of what the far side keeps (RFC 7541 §2.3.2), oldest first, to know what it still has and under which index.
struct DynamicTable {
    static let overhead = 32

    var limit: Int { didSet { evict() } }
    private var sizes: [Int] = []
    /// How many entries were thrown out, and so the number of the oldest that is there.
    private var evicted = 0
    private var used = 0

    init(limit: Int) { self.limit = limit }

    /// - Returns: the number of the new entry.
    mutating func insert(size: Int) -> Int {
        sizes.append(size)
        used += size
        evict()
        return evicted + sizes.count - 1
    }

    /// The index of an entry (RFC 7541 §2.3.3), or nil if it is no longer there.
    func index(of number: Int) -> Int? {
        number < evicted ? nil : StaticTable.size + evicted + sizes.count - number
    }

    private mutating func evict() {
        while used > limit, !sizes.isEmpty {
            used -= sizes.removeFirst()
            evicted += 1
        }
    }
}
