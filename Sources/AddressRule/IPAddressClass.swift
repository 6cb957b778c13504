/// Where an IP address leads, as far as it matters to a server that connects to addresses strangers chose.
enum IPAddressClass: Sendable {
    case `public`
    case loopback
    /// Private, link-local, shared, documentation, multicast, reserved, or a form that could hide one of these.
    case special

    /// - Parameter bytes: 4 (IPv4) or 16 (IPv6), network order.
    init(_ bytes: [UInt8]) {
        switch bytes.count {
        case 4: self = Self.version4(bytes)
        case 16: self = Self.version6(bytes)
        default: self = .special
        }
    }

    /// The registry of RFC 6890, and what has been added to it since.
    private static let specialVersion4: [(prefix: [UInt8], bits: Int)] = [
        ([0, 0, 0, 0], 8), ([10, 0, 0, 0], 8), ([100, 64, 0, 0], 10), ([169, 254, 0, 0], 16), ([172, 16, 0, 0], 12),
        ([192, 0, 0, 0], 24), ([192, 0, 2, 0], 24), ([192, 31, 196, 0], 24), ([192, 52, 193, 0], 24),
        ([192, 88, 99, 0], 24), ([192, 168, 0, 0], 16), ([192, 175, 48, 0], 24), ([198, 18, 0, 0], 15),
        ([198, 51, 100, 0], 24), ([203, 0, 113, 0], 24), ([224, 0, 0, 0], 3),
    ]

    private static func version4(_ bytes: [UInt8]) -> IPAddressClass {
        if bytes[0] == 127 { return .loopback }
        return specialVersion4.contains { matches(bytes, $0.prefix, $0.bits) } ? .special : .public
    }

    private static func version6(_ bytes: [UInt8]) -> IPAddressClass {
        if bytes == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] { return .loopback }
        // ::ffff:0:0/96, IPv4-mapped (RFC 4291 §2.5.5.2): the kernel connects to the IPv4 address.
        if bytes.prefix(10).allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF {
            return version4(Array(bytes[12...]))
        }
        // 64:ff9b::/96, NAT64 (RFC 6052): a translator connects to the IPv4 address.
        if matches(bytes, [0x00, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0], 96) {
            return version4(Array(bytes[12...])) == .public ? .public : .special
        }
        // Only 2000::/3 is global unicast; in it Teredo, ORCHID, benchmarking and others of 2001::/23, documentation, 6to4.
        guard matches(bytes, [0x20], 3) else { return .special }
        let special: [(prefix: [UInt8], bits: Int)] = [
            ([0x20, 0x01, 0x00], 23), ([0x20, 0x01, 0x0D, 0xB8], 32), ([0x20, 0x02], 16), ([0x3F, 0xFF, 0x00], 20),
        ]
        return special.contains { matches(bytes, $0.prefix, $0.bits) } ? .special : .public
    }

    private static func matches(_ bytes: [UInt8], _ prefix: [UInt8], _ bits: Int) -> Bool {
        for bit in 0..<bits {
            let mask = UInt8(0x80) >> UInt8(bit % 8)
            if bytes[bit / 8] & mask != prefix[bit / 8] & mask { return false }
        }
        return true
    }
}
