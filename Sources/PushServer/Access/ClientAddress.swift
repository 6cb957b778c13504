import NIOCore

/// Where a request comes from. IPv4 is held as IPv6 holds it (`::ffff:a.b.c.d`), so that both spellings of an address are one.
struct ClientAddress: Sendable, Hashable {
    let bits: UInt128

    /// For connections that have no address, such as a Unix socket's.
    static let none = ClientAddress(bits: 0)

    init(bits: UInt128) { self.bits = bits }

    init(_ address: SocketAddress?) {
        // sockaddr_in and sockaddr_in6 as everywhere: family and port in 4 bytes, and with IPv6 the flow label in 4 more.
        switch address {
        case .v4(let version4): bits = Self.mapped | Self.number(.v4(version4), at: 4..<8)
        case .v6(let version6): bits = Self.number(.v6(version6), at: 8..<24)
        case .unixDomainSocket, nil: bits = 0
        }
    }

    private static func number(_ address: SocketAddress, at range: Range<Int>) -> UInt128 {
        address.withSockAddr { start, size in
            UnsafeRawBufferPointer(start: start, count: size)[range].reduce(0) { $0 << 8 | UInt128($1) }
        }
    }

    /// - Parameter text: an address as `X-Forwarded-For` names it: alone, or with a port behind it.
    init?(_ text: some StringProtocol) {
        var host = text[...]
        if host.first == "[", let end = host.firstIndex(of: "]") {
            host = host[host.index(after: host.startIndex)..<end]
        } else if host.count(where: { $0 == ":" }) == 1, let colon = host.firstIndex(of: ":") {
            host = host[..<colon]
        }
        guard let address = try? SocketAddress(ipAddress: String(host), port: 0) else { return nil }
        self.init(address)
    }

    var isVersion4: Bool { bits >> 32 == Self.mapped >> 32 }

    /// What one party has: an address of version 4, the 2⁶⁴ of a network of version 6.
    var party: ClientAddress { isVersion4 ? self : ClientAddress(bits: (bits >> 64) << 64) }

    private static let mapped: UInt128 = 0xFFFF_0000_0000
}

/// A range of addresses, as `10.0.0.0/8` or `2001:db8::/32` write it; an address without a slash is itself.
struct AddressBlock: Sendable, Hashable {
    private let first: UInt128
    private let hostBits: Int

    /// - Returns: nil for what is no range.
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let start = parts.first, !start.contains("["), let address = ClientAddress(start) else { return nil }
        let width = start.contains(":") ? 128 : 32
        guard let length = parts.count == 1 ? width : Int(parts[1]), (0...width).contains(length) else { return nil }
        hostBits = width - length
        first = Self.cut(address.bits, hostBits)
    }

    func contains(_ address: ClientAddress) -> Bool { Self.cut(address.bits, hostBits) == first }

    /// Shifting by the whole width gives 0, which is what a range of everything is to compare.
    private static func cut(_ bits: UInt128, _ hostBits: Int) -> UInt128 { bits >> UInt128(hostBits) }
}
