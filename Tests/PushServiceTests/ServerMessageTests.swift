import Foundation
import PushService
import Testing

/// The frames as they stand on the wire.
@Suite struct ServerMessageTests {
    @Test func aHelloReplyIsWhatFirefoxNeeds() throws {
        try expect(
            .hello(.known),
            #"{"messageType":"hello","uaid":"0000000000000000000000000000000c","status":200,"use_webpush":true,"broadcasts":{}}"#)
    }

    @Test func repliesNameTheirChannel() throws {
        try expect(
            .register(.a, status: 200, pushEndpoint: "https://x/wpush/v1/t"),
            #"{"messageType":"register","channelID":"00000000-0000-0000-0000-00000000000a","status":200,"pushEndpoint":"https://x/wpush/v1/t"}"#)
        try expect(
            .unregister(.b, status: 500),
            #"{"messageType":"unregister","channelID":"00000000-0000-0000-0000-00000000000b","status":500}"#)
        try expect(.pong, "{}")
    }

    @Test func aMessageCarriesItsBodyUrlSafeAndUnpadded() throws {
        let content = MessageContent(body: [0xfb, 0xff, 0xfe, 0x00], encoding: "aes128gcm")
        try expect(
            .notification(.a, version: "v", content),
            #"{"messageType":"notification","channelID":"00000000-0000-0000-0000-00000000000a","version":"v","data":"-__-AA","headers":{"encoding":"aes128gcm"}}"#)
    }

    @Test func anOldMessageCarriesSaltAndKeyInHeaders() throws {
        let content = MessageContent(body: [1], encoding: "aesgcm", encryption: "salt=s", cryptoKey: "dh=\"d\\")
        try expect(
            .notification(.a, version: "v", content),
            #"{"messageType":"notification","channelID":"00000000-0000-0000-0000-00000000000a","version":"v","data":"AQ","headers":{"encoding":"aesgcm","encryption":"salt=s","crypto_key":"dh=\"d\\"}}"#)
    }

    @Test func aPlainMessageHasNoHeaders() throws {
        try expect(
            .notification(.a, version: "v", MessageContent(body: [1])),
            #"{"messageType":"notification","channelID":"00000000-0000-0000-0000-00000000000a","version":"v","data":"AQ"}"#)
    }

    @Test func anEmptyMessageHasNeitherDataNorHeaders() throws {
        try expect(
            .notification(.a, version: "v", MessageContent()),
            #"{"messageType":"notification","channelID":"00000000-0000-0000-0000-00000000000a","version":"v"}"#)
    }

    @Test func aFrameIsOneLineWithoutNeedlessEscapes() {
        let frame = ServerMessage.register(.a, status: 200, pushEndpoint: "https://x/y").frame()
        #expect(frame.contains("https://x/y") && !frame.contains("\n"))
    }

    /// What a sender wrote into a header must not break out of its string.
    @Test func everyCharacterSurvivesAFrame() throws {
        let nasty = String(String.UnicodeScalarView((0...0x2FF).compactMap(Unicode.Scalar.init))) + "\u{2028}😀\\u0041"
        let content = MessageContent(body: [1], encoding: "aesgcm", encryption: nasty)
        let frame = ServerMessage.notification(.a, version: "v", content).frame()
        let json = try JSONSerialization.jsonObject(with: Data(frame.utf8)) as? [String: Any]
        #expect((json?["headers"] as? [String: String])?["encryption"] == nasty)
    }

    private func expect(_ message: ServerMessage, _ json: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let frame = try JSONSerialization.jsonObject(with: Data(message.frame().utf8)) as? NSDictionary
        let expected = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? NSDictionary
        #expect(frame != nil && frame == expected, "\(message.frame())", sourceLocation: sourceLocation)
    }
}

@Suite struct ClientMessageTests {
    /// As an unmodified Firefox sends them.
    @Test(arguments: [
        (#"{"messageType":"hello","broadcasts":{},"use_webpush":true}"#, .hello(Hello())),
        (#"{"messageType":"hello","broadcasts":{"a":"b"},"use_webpush":true,"uaid":"4fb9"}"#, .hello(Hello(uaid: "4fb9", broadcasts: ["a": "b"]))),
        (#"{"channelID":"00000000-0000-0000-0000-00000000000a","messageType":"register","key":"BPk6="}"#, .register(channel: .a, key: "BPk6=")),
        (#"{"channelID":"00000000-0000-0000-0000-00000000000a","messageType":"unregister","code":202}"#, .unregister(channel: .a, code: 202)),
        (#"{"messageType":"ack","updates":[{"channelID":"x","version":"v","code":101}]}"#, .acknowledge([Acknowledgement(version: "v", verdict: .undecryptable)])),
        (#"{"messageType":"nack","version":"v","code":302}"#, .failed(version: "v", code: 302)),
        (#"{"messageType":"broadcast_subscribe","broadcasts":{"remote-settings/monitor_changes":"\"0\""}}"#, .subscribeToBroadcasts(["remote-settings/monitor_changes": "\"0\""])),
        ("{}", .ping), (#"{"messageType":"ping"}"#, .ping),
        (#"{"messageType":"sing"}"#, .unknown(messageType: "sing")),
    ] as [(String, ClientMessage)])
    func aFrameIsRead(_ frame: String, _ message: ClientMessage) throws {
        #expect(try ClientMessage(frame: frame) == message)
    }

    @Test func aDeeplyNestedFrameIsRefusedAndHarmless() {
        let frame = #"{"messageType":"hello","broadcasts":"# + String(repeating: "[", count: 30_000)
        #expect(throws: MalformedFrame.self) { try ClientMessage(frame: frame) }
    }
}
