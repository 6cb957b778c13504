import Foundation
import NIOCore

/// Which addresses may be connected to. Checked on the address a connection really has, so that a name that changes its mind between
/// a look-up and the connect gains nothing.
public struct AddressRule: Sendable {
    /// Local and private addresses too: for tests, and for those whose push service stands in their own network.
    public static let any = AddressRule(allowsPrivate: true, exceptions: [])

    private let allowsPrivate: Bool
    /// Addresses (with port) that are fine although they are private: our own.
    private let exceptions: Set<Exception>

    private struct Exception: Hashable {
        let port: Int
    }

    /// Public addresses only, but for loopback at `ownPort`, where our own push service listens.
    public static func publicOnly(ownPort: Int?) -> AddressRule {
        AddressRule(allowsPrivate: false, exceptions: Set(ownPort.map { [Exception(port: $0)] } ?? []))
    }

    private init(allowsPrivate: Bool, exceptions: Set<Exception>) {
        self.allowsPrivate = allowsPrivate
        self.exceptions = exceptions
    }

    func check(_ address: SocketAddress?) throws {
        guard !allowsPrivate else { return }
        guard let address, let bytes = address.ipBytes else { throw ForbiddenAddress(address: "\(address as Any)") }
        if IPAddressClass(bytes) == .public { return }
        if IPAddressClass(bytes) == .loopback, let port = address.port, exceptions.contains(.init(port: port)) { return }
        throw ForbiddenAddress(address: address.ipAddress ?? "?")
    }
}

struct ForbiddenAddress: Error, CustomStringConvertible {
    let address: String
    var description: String {
        "\(address) is not a public address; set --allow-private-endpoints if push services in your own network are meant to be reached"
    }
}

extension SocketAddress {
    /// 4 or 16 bytes in network order; nil for a Unix socket.
    fileprivate var ipBytes: [UInt8]? {
        guard let ipAddress else { return nil }
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, ipAddress, &bytes) == 1 { return Array(bytes.prefix(4)) }
        return inet_pton(AF_INET6, ipAddress, &bytes) == 1 ? bytes : nil
    }
}
