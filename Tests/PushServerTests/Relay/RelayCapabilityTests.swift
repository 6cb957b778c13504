import PushSender
import PushService
import Testing

@testable import PushServer

@Suite struct RelayCapabilityTests {
    private static func codec(_ byte: UInt8 = 1) throws -> RelayCodec {
        RelayCodec(origin: "https://relay.example", sealer: try CapabilitySealer(keys: [[UInt8](repeating: byte, count: 32)]))
    }

    private static let plain = RelayCapability(
        app: .default, device: DeviceID(rawValue: "01900000-0000-7000-8000-000000000000"), number: 5, wake: .alert)
    private static let full = RelayCapability(
        app: AppID(rawValue: .max), device: plain.device, number: .max, wake: .background, title: "T",
        keyHash: [UInt8](repeating: 255, count: 32))

    private func token(_ url: String) -> String { String(url.split(separator: "/").last ?? "") }

    @Test(arguments: [plain, full])
    func aCapabilityComesBackAsItWas(_ capability: RelayCapability) throws {
        let codec = try Self.codec(), url = codec.endpoint(capability)
        #expect(url.hasPrefix("https://relay.example/relay/") && url == codec.endpoint(capability))
        #expect(codec.capability(token(url)) == capability)
        #expect(try Self.codec(2).capability(token(url)) == nil, "another server's")
        #expect(codec.push(token(url)) == nil, "a capability is no message")
    }

    @Test func theLongestEndpointIsAsShortAsUnifiedPushWants() throws {
        var capability = Self.plain
        capability.title = String(repeating: "\u{1}", count: RelaySettings.titleCharacters)
        capability.keyHash = [UInt8](repeating: 255, count: 32)
        #expect(try Self.codec().endpoint(capability).utf8.count <= 1000)
    }

    @Test func anotherNumberIsAnotherURL() throws {
        let codec = try Self.codec()
        let other = RelayCapability(app: .default, device: Self.plain.device, number: 6, wake: .alert)
        #expect(codec.endpoint(other) != codec.endpoint(Self.plain))
    }

    @Test func aMessagesPlaceNamesItsPush() throws {
        let codec = try Self.codec(), push = RelayedPush(app: .default, push: PushID(rawValue: "p"))
        let location = codec.location(of: push.push, app: push.app)
        #expect(location.hasPrefix("https://relay.example/relay/messages/"))
        #expect(codec.push(token(location)) == push && codec.capability(token(location)) == nil)
    }
}
