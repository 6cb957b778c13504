import NIOCore
import Testing

@testable import AddressRule

@Suite struct AllowedAddressesTests {
    private let rule = AllowedAddresses.publicOnly(ownPort: 8080)

    @Test(arguments: ["8.8.8.8", "1.1.1.1", "100.63.255.255", "172.32.0.1", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"])
    func publicAddressesAreFine(_ address: String) throws {
        #expect(throws: Never.self) { try rule.check(try SocketAddress(ipAddress: address, port: 443)) }
    }

    @Test(arguments: [
        "10.0.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "0.0.0.0",
        "192.0.2.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "ff02::1", "2001:db8::1",
        "2002:7f00:1::", "2002:808:808::", "::127.0.0.1", "::8.8.8.8", "fec0::1", "2001:20::1", "3fff::1", "192.0.0.8", "192.88.99.1", "240.0.0.1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2001::1", "64:ff9b:1::1",
    ])
    func everythingElseIsRefused(_ address: String) throws {
        #expect(throws: ForbiddenAddress.self) { try rule.check(try SocketAddress(ipAddress: address, port: 443)) }
    }

    @Test func ourOwnPortOnLoopbackIsTheException() throws {
        #expect(throws: Never.self) { try rule.check(try SocketAddress(ipAddress: "127.0.0.1", port: 8080)) }
        #expect(throws: Never.self) { try rule.check(try SocketAddress(ipAddress: "::1", port: 8080)) }
        #expect(throws: ForbiddenAddress.self) { try rule.check(try SocketAddress(ipAddress: "10.0.0.1", port: 8080)) }
    }

    @Test func whoHasNoAddressIsRefused() { #expect(throws: ForbiddenAddress.self) { try rule.check(nil as SocketAddress?) } }
}
