import NIOCore
import Testing

@testable import PushServer

@Suite struct ClientAddressTests {
    private func blocks(_ text: String) throws -> [AddressBlock] { try LimitSettings.blocks(text) }

    private func client(_ peer: String, _ forwarded: [String], _ proxies: String) throws -> ClientAddress? {
        ClientAddress(peer)?.client(forwarded: forwarded, proxies: try blocks(proxies))
    }

    @Test(arguments: [
        ("10.1.2.3", "10.0.0.0/8", true), ("11.1.2.3", "10.0.0.0/8", false), ("10.1.2.3", "10.1.2.3", true),
        ("10.1.2.4", "10.1.2.3", false), ("::ffff:10.1.2.3", "10.0.0.0/8", true), ("2001:db8::1", "2001:db8::/32", true),
        ("2001:db9::1", "2001:db8::/32", false), ("203.0.113.9", "0.0.0.0/0", true), ("2001:db8::1", "0.0.0.0/0", false),
        ("10.0.0.1", "::/0", true), ("10.1.2.3", "10.255.0.0/8", true),
    ])
    func aRangeHoldsWhatItSays(_ address: String, _ block: String, _ expected: Bool) throws {
        #expect(try #require(AddressBlock(block)).contains(try #require(ClientAddress(address))) == expected)
    }

    @Test(arguments: ["", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0/8", "proxy.example", "::/129", "[::1]", "10.0.0.1/8/8"])
    func whatIsNoRangeIsRefused(_ text: String) { #expect(AddressBlock(text) == nil) }

    @Test func aSettingThatIsNoRangeIsNamed() {
        #expect(throws: SettingsError.self) { try blocks("10.0.0.0/8, elsewhere") }
        #expect((try? blocks(" 10.0.0.0/8 , ::1,"))?.count == 2)
    }

    @Test func withoutTrustedProxiesTheHeaderIsIgnored() throws {
        #expect(try client("10.0.0.1", ["203.0.113.9"], "") == ClientAddress("10.0.0.1"))
    }

    @Test func aStrangersHeaderIsIgnored() throws {
        #expect(try client("203.0.113.1", ["203.0.113.9"], "10.0.0.0/8") == ClientAddress("203.0.113.1"))
    }

    @Test func theLastAddressThatIsNoProxysAsks() throws {
        #expect(try client("10.0.0.1", ["198.51.100.7, 203.0.113.9", "10.0.0.2"], "10.0.0.0/8") == ClientAddress("203.0.113.9"))
        #expect(try client("10.0.0.1", ["203.0.113.9"], "10.0.0.1") == ClientAddress("203.0.113.9"))
    }

    @Test(arguments: ["203.0.113.9:443", "[2001:db8::1]:443", "2001:db8::1", "::ffff:203.0.113.9"])
    func portsAndBracketsAreUnderstood(_ entry: String) throws {
        let found = try client("10.0.0.1", [entry], "10.0.0.0/8")
        #expect(found == ClientAddress("203.0.113.9") || found == ClientAddress("2001:db8::1"))
    }

    @Test(arguments: ["", "unknown", "_hidden", "203.0.113.9, nonsense", ",,,"])
    func nonsenseEndsTheSearchAtTheLastProxy(_ value: String) throws {
        #expect(try client("10.0.0.1", [value], "10.0.0.0/8") == ClientAddress("10.0.0.1"))
    }

    @Test func aNetworkOfVersionSixIsOneParty() throws {
        let one = try #require(ClientAddress("2001:db8:1:2:3:4:5:6")), other = try #require(ClientAddress("2001:db8:1:2::1"))
        #expect(one.party == other.party && one != other)
        #expect(one.party != ClientAddress("2001:db8:1:3::1")?.party)
        #expect(ClientAddress("10.0.0.1")?.party != ClientAddress("10.0.0.2")?.party)
    }

    @Test func aConnectionsAddressIsRead() throws {
        #expect(ClientAddress(try SocketAddress(ipAddress: "192.0.2.1", port: 1)) == ClientAddress("192.0.2.1"))
        #expect(ClientAddress(nil as SocketAddress?) == .none)
    }
}
