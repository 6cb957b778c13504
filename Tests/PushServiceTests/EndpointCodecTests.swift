import PushService
import PushTesting
import Testing

@Suite struct EndpointCodecTests {
    private let codec = Transcript.codec
    private let channel = Channel(uaid: .known, id: .a)
    private let epoch = SubscriptionEpoch(rawValue: 1_800_000_000_000)

    @Test func anEndpointNamesItsChannel() throws {
        let parts = codec.endpoint(for: channel, of: epoch).split(separator: "/")
        #expect(parts.prefix(4) == ["https:", "push.example", "wpush", "v1"] && parts.count == 5)
        let endpoint = try #require(codec.endpoint(version: parts[3], token: parts[4]))
        #expect(endpoint.channel == channel && endpoint.keyHash == nil && endpoint.epoch == epoch)
    }

    /// Senders have them.
    @Test func anEndpointFromBeforeThereWereEpochsStillOpens() throws {
        let token = CapabilitySealer.test.seal(channel.uaid.bytes + channel.id.bytes, for: .init("endpoint v1"))
        let endpoint = try #require(codec.endpoint(version: "v1", token: token))
        #expect(endpoint.channel == channel && endpoint.epoch == nil)
        let restricted = CapabilitySealer.test.seal(
            channel.uaid.bytes + channel.id.bytes + [UInt8](repeating: 7, count: 32), for: .init("endpoint v2"))
        #expect(try #require(codec.endpoint(version: "v2", token: restricted)).keyHash == [UInt8](repeating: 7, count: 32))
    }

    @Test func aReceiptSubscriptionComesBackAsItWas() {
        let receipts = ReceiptSubscription(rawValue: .max - 5)
        let location = codec.location(of: receipts)
        #expect(location.hasPrefix("https://push.example/receipts/"))
        #expect(codec.receipts(token: location.split(separator: "/")[3]) == receipts)
        #expect(codec.message(token: location.split(separator: "/")[3]) == nil)
    }

    @Test func aRestrictedEndpointNamesItsKeyToo() throws {
        let parts = codec.endpoint(for: channel, of: epoch, restrictedTo: [4, 1, 2]).split(separator: "/")
        #expect(parts[3] == "v2")
        let endpoint = try #require(codec.endpoint(version: "v2", token: parts[4]))
        #expect(endpoint.channel == channel && endpoint.keyHash?.count == 32)
        #expect(codec.endpoint(for: channel, of: epoch, restrictedTo: [4, 1, 3]) != codec.endpoint(for: channel, of: epoch, restrictedTo: [4, 1, 2]))
    }

    /// Else a restricted endpoint could be used as an open one.
    @Test func aTokenDoesNotServeUnderAnotherVersion() {
        let open = codec.endpoint(for: channel, of: epoch).split(separator: "/")[4]
        let restricted = codec.endpoint(for: channel, of: epoch, restrictedTo: [4]).split(separator: "/")[4]
        #expect(codec.endpoint(version: "v2", token: open) == nil)
        #expect(codec.endpoint(version: "v1", token: restricted) == nil)
        for version in ["v3", "V1", "", "v1 "] { #expect(codec.endpoint(version: version, token: open) == nil) }
    }

    @Test func endpointsAreShortEnoughForEverySender() {
        #expect(codec.endpoint(for: channel, of: epoch, restrictedTo: [4]).utf8.count < 200)
    }

    @Test(arguments: [1, .max, -1, .min] as [Int64])
    func aMessageIdComesBackAsItWas(_ sequence: Int64) {
        let message = MessageID(uaid: .known, sequence: MessageSequence(rawValue: sequence))
        #expect(codec.message(token: codec.token(for: message)) == message)
        #expect(codec.location(of: message) == "https://push.example/m/" + codec.token(for: message))
    }

    @Test func anEndpointIsNoMessageId() {
        #expect(codec.message(token: codec.endpoint(for: channel, of: epoch).split(separator: "/")[4]) == nil)
        let message = codec.token(for: MessageID(uaid: .known, sequence: 1))
        #expect(codec.endpoint(version: "v1", token: message) == nil)
    }
}

@Suite struct IdentityTests {
    @Test func aUAIDHasOneTextOnTheWire() {
        let uaid = UAID(rawValue: 0x0123_4567_89ab_cdef_0011_2233_4455_66ff)
        #expect(uaid.text == "0123456789abcdef00112233445566ff")
        #expect(UAID(uaid.text) == uaid && UAID(bytes: uaid.bytes) == uaid)
        #expect(UAID("01234567-89AB-cdef-0011-2233445566FF") == uaid)
    }

    @Test(arguments: ["", "0123", "0123456789abcdef00112233445566fg", "0123456789abcdef00112233445566ff0", "+123456789abcdef00112233445566ff"])
    func anythingElseIsNoUAID(_ text: String) { #expect(UAID(text) == nil) }

    @Test func aChannelKeepsItsSpelling() {
        let text = "058db533-0495-4561-9da6-2f75ce406ec9"
        #expect(ChannelID(text)?.text == text)
        #expect(ChannelID(text).flatMap { ChannelID(bytes: $0.bytes) }?.text == text)
        #expect(ChannelID(text.uppercased()) == nil)
    }

    @Test func fifteenBytesAreNoIdentifier() {
        #expect(UAID(bytes: [UInt8](repeating: 0, count: 15)) == nil)
        #expect(ChannelID(bytes: [UInt8](repeating: 0, count: 17)) == nil)
    }

    @Test func anUnstoredMessageNeverHasTheNumberOfAStoredOne() {
        var random = SeededGenerator(seed: 1)
        let numbers = (0..<1000).map { _ in MessageSequence.unstored(using: &random) }
        #expect(numbers.allSatisfy { !$0.isStored && $0 < .start } && Set(numbers).count == 1000)
    }
}
