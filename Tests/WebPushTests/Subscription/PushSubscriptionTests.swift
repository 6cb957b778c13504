import Testing
import WebPush

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct PushSubscriptionTests {
    private static let endpoint = "https://updates.push.services.mozilla.com/wpush/v2/gAAAA"

    private func json(
        endpoint: String = "\"\(endpoint)\"", expirationTime: String = "null", p256dh: String = RFC8291.receiverPublic,
        auth: String = RFC8291.auth
    ) -> [UInt8] {
        Array(#"{"endpoint":\#(endpoint),"expirationTime":\#(expirationTime),"keys":{"p256dh":"\#(p256dh)","auth":"\#(auth)"}}"#.utf8)
    }

    @Test func whatABrowserGivesIsRead() throws {
        let subscription = try PushSubscription(json: json())
        #expect(subscription.endpoint.url == Self.endpoint)
        #expect(subscription.expirationTime == nil)
        #expect(try subscription.keys.p256dh == bytes(RFC8291.receiverPublic))
        #expect(try subscription.keys.auth == bytes(RFC8291.auth))
    }

    @Test func whatWasReadIsWrittenAsABrowserDoes() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        func written(_ json: [UInt8]) throws -> [String] {
            let text = String(decoding: try encoder.encode(PushSubscription(json: json)), as: UTF8.self)
            return [text, String(decoding: try encoder.encode(PushSubscription(json: Array(text.utf8))), as: UTF8.self)]
        }
        func expected(_ time: String) -> String {
            #"{"endpoint":"\#(Self.endpoint)","expirationTime":\#(time),"keys":{"auth":"\#(RFC8291.auth)","p256dh":"\#(RFC8291.receiverPublic)"}}"#
        }
        #expect(try written(json()) == [expected("null"), expected("null")])
        #expect(try written(json(expirationTime: "1700000000123")) == [expected("1700000000123"), expected("1700000000123")])
    }

    @Test func anExpirationTimeIsInMilliseconds() throws {
        let time = try PushSubscription(json: json(expirationTime: "1700000000500")).expirationTime
        #expect(time == Date(timeIntervalSince1970: 1_700_000_000.5))
    }

    @Test func unknownMembersAndAMissingExpirationTimeAreFine() throws {
        let text = #"{"x":[1],"endpoint":"\#(Self.endpoint)","keys":{"auth":"\#(RFC8291.auth)","p256dh":"\#(RFC8291.receiverPublic)","y":1}}"#
        #expect(try PushSubscription(json: Array(text.utf8)) == PushSubscription(json: json()))
    }

    @Test func anyBase64IsRead() throws {
        let standard = RFC8291.receiverPublic.replacing("-", with: "+").replacing("_", with: "/") + "="
        #expect(try PushSubscription(json: json(p256dh: standard, auth: RFC8291.auth + "==")) == PushSubscription(json: json()))
    }

    @Test func aWrongFieldIsNamed() {
        let offCurve = RFC8291.receiverPublic.dropLast() + "8"
        let wrong: [(json: [UInt8], code: WebPushError.Code, field: String)] = [
            (json(endpoint: "\"ftp://x\""), .endpointInvalid, "endpoint"),
            (json(p256dh: "?"), .publicKeyInvalid, "keys.p256dh"),
            (json(p256dh: "BCVx"), .publicKeyInvalid, "keys.p256dh"),
            (json(p256dh: "AAAA" + RFC8291.receiverPublic.dropFirst(4)), .publicKeyInvalid, "keys.p256dh"),
            (json(p256dh: String(offCurve)), .publicKeyInvalid, "keys.p256dh"),
            (json(auth: "?"), .authSecretInvalid, "keys.auth"),
            (json(auth: "BTBZMqHH6r4Tts7J_aSI"), .authSecretInvalid, "keys.auth"),
        ]
        for (json, code, field) in wrong {
            let refused = error { try PushSubscription(json: json) }
            #expect(refused?.code == code)
            #expect(refused?.message.hasPrefix(field + ":") == true)
        }
    }

    @Test(arguments: ["", "{", "[]", "null", #"{"endpoint":"https://x.net"}"#, #"{"endpoint":1,"keys":{}}"#, "\u{FF}"])
    func whatIsNoSubscriptionIsRefused(_ text: String) {
        #expect(refusal { try PushSubscription(json: Array(text.utf8)) } == .subscriptionMalformed)
    }

    @Test func anEndpointOfTheWrongTypeIsRefused() {
        #expect(refusal { try PushSubscription(json: json(endpoint: "7")) } == .subscriptionMalformed)
        #expect(refusal { try PushSubscription(json: json(expirationTime: "\"soon\"")) } == .subscriptionMalformed)
    }
}
