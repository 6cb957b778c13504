public import NIOCore

/// Which addresses may be connected to.
///
/// URLs of subscriptions and webhooks are chosen by strangers, so a rule is checked three times: on the URL as it is written
/// (``check(_:)-(HTTPOrigin)``), on what its name resolves to (``CheckedResolver``), and on the address that a connection really has.
/// A name that changes its mind between these gains nothing.
public struct AllowedAddresses: Sendable, Hashable {
    /// Local and private addresses too, and plain HTTP: for tests, and for those whose push service stands in their own network.
    public static let any = AllowedAddresses(allowsPrivate: true, ownPort: nil)

    /// Public addresses only, by name and over HTTPS, but for loopback at `ownPort`, where our own push service listens.
    public static func publicOnly(ownPort: Int?) -> AllowedAddresses {
        AllowedAddresses(allowsPrivate: false, ownPort: ownPort)
    }

    private let allowsPrivate: Bool
    /// Where loopback is fine although it is private.
    private let ownPort: Int?

    /// What can be told from the URL alone: no IP literals, no plain HTTP.
    public func check(_ origin: HTTPOrigin) throws(ForbiddenAddress) {
        guard !allowsPrivate, !isOwn(origin) else { return }
        guard origin.literalAddress == nil else { throw ForbiddenAddress("\(origin.host) is an address; a name is needed") }
        guard origin.isSecure else { throw ForbiddenAddress("http:// is not encrypted; https:// is needed") }
    }

    /// - Parameter address: what a name resolves to, or what a connection is connected to.
    public func check(_ address: SocketAddress?) throws(ForbiddenAddress) {
        guard !allowsPrivate else { return }
        guard let address, let bytes = address.ipBytes else { throw ForbiddenAddress("what is there has no IP address") }
        switch IPAddressClass(bytes) {
        case .public: return
        case .loopback where address.port == ownPort: return
        case .loopback, .special: throw ForbiddenAddress("\(address.ipAddress ?? "?") is not a public address")
        }
    }

    private func isOwn(_ origin: HTTPOrigin) -> Bool {
        guard origin.port == ownPort else { return false }
        return origin.host == "localhost" || origin.literalAddress.map { IPAddressClass($0) == .loopback } == true
    }
}

/// The rule says no.
public struct ForbiddenAddress: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String

    init(_ reason: String) {
        description = "\(reason); set --allow-private-endpoints if push services in your own network are meant to be reached"
    }
}

extension SocketAddress {
    /// 4 or 16 bytes in network order; nil for a Unix socket.
    var ipBytes: [UInt8]? {
        let range: Range<Int>
        switch self {
        case .v4: range = 4..<8
        case .v6: range = 8..<24
        case .unixDomainSocket: return nil
        }
        // sockaddr_in and sockaddr_in6 as everywhere: family and port in 4 bytes, and with IPv6 the flow label in 4 more.
        return withSockAddr { address, size in Array(UnsafeRawBufferPointer(start: address, count: size)[range]) }
    }
}
