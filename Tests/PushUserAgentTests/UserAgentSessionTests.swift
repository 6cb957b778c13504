import JWS
import Foundation
import Testing
import WebPush

@testable import PushUserAgent

/// Transcripts: what the push service says, and what the session does about it.
struct UserAgentSessionTests {
    var session = UserAgentSession(identity: UserAgentIdentity(channelID: channel), settings: UserAgentSettings())

    @Test mutating func aNewUserAgentGreetsWithoutNameAndRegistersItsChannel() {
        #expect(connect() == [.save, .send(.hello(uaid: nil))])
        #expect(receive(hello("u1")) == [.save, .send(.register(channelID: channel, key: "KEY"))])
        #expect(receive(registered()) == [.save, .announce])
        #expect(session.identity.uaid == "u1")
        #expect(session.identity.subscription?.endpoint.url == endpoint)
        #expect(session.named("device-1") == [.save])
        #expect(session.named("device-1") == [])
        #expect(session.identity.deviceID == "device-1")
    }

    @Test mutating func aKnownUserAgentDoesNotRegisterAgain() {
        becomeReady()
        session.disconnected()
        #expect(connect() == [.send(.hello(uaid: "u1"))])
        #expect(receive(hello("u1")) == [.announce])
    }

    @Test mutating func aNewNameFromTheServerMeansANewRegistration() {
        becomeReady()
        session.disconnected()
        _ = connect()
        #expect(receive(hello("u2")) == [.save, .send(.register(channelID: channel, key: "KEY"))])
        #expect(session.identity.subscription == nil)
    }

    @Test mutating func anotherApplicationServerKeyTakesAnotherChannel() {
        becomeReady()
        session.disconnected()
        let actions = session.connected(applicationServerKey: "OTHER", freshChannelID: "fresh", now: start)
        #expect(actions == [.save, .send(.hello(uaid: "u1"))])
        #expect(receive(hello("u1")) == [.send(.register(channelID: "fresh", key: "OTHER"))])
    }

    @Test mutating func aRefusalToGreetOrRegisterCostsTheConnection() {
        _ = connect()
        #expect(isDisconnect(receive(#"{"messageType":"hello","status":401}"#), .refused))
        #expect(isDisconnect(receive(#"{"messageType":"hello","uaid":""}"#), .refused))
        _ = receive(hello("u1"))
        #expect(isDisconnect(receive(registered(status: 500)), .refused))
        #expect(isDisconnect(receive(registered(at: "no url")), .refused))
    }

    // MARK: Messages

    @Test mutating func aMessageIsRememberedThenAcknowledgedAfterItWasHandled() throws {
        becomeReady()
        let (frame, message) = try #require(delivery(receive(try notification("v1", "hi"))))
        #expect(message.payload == Array("hi".utf8))
        #expect(!session.identity.remembers("v1"))
        #expect(session.handled(frame) == [.save, ack("v1", .delivered)])
        #expect(session.identity.remembers("v1"))
    }

    @Test mutating func aRepeatOfAHandledMessageIsDroppedAndAcknowledged() throws {
        becomeReady()
        let text = try notification("v1", "hi")
        let (frame, _) = try #require(delivery(receive(text)))
        _ = session.handled(frame)
        #expect(receive(text) == [ack("v1", .notDelivered)])
    }

    @Test mutating func aMessageThatWasNotHandledIsDeliveredAgain() throws {
        becomeReady()
        let text = try notification("v1", "hi")
        _ = receive(text)
        session.disconnected()
        _ = connect()
        _ = receive(hello("u1"))
        #expect(delivery(receive(text)) != nil)
    }

    @Test mutating func onlyTheLast128VersionsAreRemembered() throws {
        becomeReady()
        for number in 0...UserAgentIdentity.rememberedVersions {
            let (frame, _) = try #require(delivery(receive(empty("v\(number)"))))
            _ = session.handled(frame)
        }
        #expect(session.identity.recentVersions.count == UserAgentIdentity.rememberedVersions)
        #expect(!session.identity.remembers("v0"))
        #expect(session.identity.remembers("v1"))
    }

    @Test mutating func theOldContentEncodingIsOpenedToo() throws {
        becomeReady()
        let sealed = try LegacyEncryption.seal(Array("old".utf8), for: session.identity.key.keys)
        let headers = #"{"encoding":"aesgcm","encryption":"\#(sealed.encryption)","crypto_key":"\#(sealed.cryptoKey)"}"#
        let text =
            #"{"messageType":"notification","channelID":"\#(channel)","version":"v1","data":"\#(Base64URL.encode(sealed.body))","headers":\#(headers)}"#
        #expect(delivery(receive(text))?.1.payload == Array("old".utf8))
    }

    @Test mutating func aMessageWithoutBodyIsDeliveredWithoutPayload() throws {
        becomeReady()
        let (_, message) = try #require(delivery(receive(empty("v1"))))
        #expect(message.payload == nil)
    }

    @Test(arguments: [
        (data: "AAAA", encoding: "aes128gcm"), (data: "!", encoding: "aes128gcm"), (data: "AAAA", encoding: "rot13"),
    ])
    func aMessageNobodyCanReadIsRefusedForGood(message: (data: String, encoding: String)) {
        var session = self
        session.becomeReady()
        let actions = session.receive(
            #"{"messageType":"notification","channelID":"\#(channel)","version":"v1","data":"\#(message.data)","headers":{"encoding":"\#(message.encoding)"}}"#)
        #expect(actions.first == ack("v1", .undecryptable))
        guard case .report(.undecryptable(version: "v1", reason: _)) = actions.last else {
            Issue.record("not reported: \(actions)")
            return
        }
    }

    @Test mutating func aMessageForAChannelWeLeftUnregistersIt() {
        becomeReady()
        let old = #"{"messageType":"notification","channelID":"old","version":"v1"}"#
        #expect(
            receive(old) == [
                .send(.ack(channelID: "old", version: "v1", .notDelivered)), .send(.unregister(channelID: "old")),
            ])
    }

    @Test(arguments: ["", "[]", "null", "{", #"{"messageType":"notification"}"#, #"{"messageType":7}"#])
    func garbageIsReportedAndIgnored(text: String) {
        var session = self
        session.becomeReady()
        #expect(session.receive(text) == [.report(.unreadableFrame)])
    }

    @Test mutating func framesOutOfTurnAreIgnored() {
        becomeReady()
        #expect(receive(hello("u9")) == [])
        #expect(receive(registered(at: "https://elsewhere.example/x")) == [])
        #expect(receive(#"{"messageType":"broadcast","broadcasts":{}}"#) == [])
        #expect(session.identity.uaid == "u1")
        #expect(session.identity.endpoint?.url == endpoint)
    }

    // MARK: Time

    @Test mutating func anUnansweredHelloOrRegistrationCostsTheConnection() {
        _ = connect()
        #expect(session.deadline == start + 10)
        #expect(session.tick(now: start + 9.9) == [])
        #expect(isDisconnect(session.tick(now: start + 10), .timedOut))
        _ = receive(hello("u1"), now: start + 5)
        #expect(session.tick(now: start + 14.9) == [])
        #expect(isDisconnect(session.tick(now: start + 15), .timedOut))
    }

    @Test mutating func silenceIsBrokenByAPingAndAnAnswerIsALifeSign() {
        becomeReady()
        #expect(session.tick(now: start + 54.9) == [])
        #expect(session.tick(now: start + 55) == [.send(.ping)])
        #expect(receive("{}", now: start + 56) == [])
        #expect(session.deadline == start + 111)
    }

    @Test mutating func anyFramePostponesThePing() {
        becomeReady()
        _ = receive(empty("v1"), now: start + 50)
        #expect(session.deadline == start + 105)
    }

    @Test mutating func anUnansweredPingCostsTheConnection() {
        becomeReady()
        _ = session.tick(now: start + 55)
        #expect(session.tick(now: start + 64.9) == [])
        #expect(isDisconnect(session.tick(now: start + 65), .timedOut))
    }

    @Test mutating func withoutAConnectionThereIsNothingToWaitFor() {
        becomeReady()
        #expect(session.greetedAt == start)
        session.disconnected()
        #expect(session.deadline == nil)
        #expect(session.greetedAt == nil)
        #expect(session.tick(now: start + 1000) == [])
    }
}

private let channel = "0b2b5b0e-6a2c-4a53-9a75-1f4c2ff5e6a1"
private let endpoint = "http://127.0.0.1:8080/wpush/v2/token"
private let start = Date(timeIntervalSince1970: 1_800_000_000)

extension UserAgentSessionTests {
    private mutating func connect() -> [UserAgentSession.Action] {
        session.connected(applicationServerKey: "KEY", freshChannelID: channel, now: start)
    }

    private mutating func receive(_ text: String, now: Date = start) -> [UserAgentSession.Action] {
        session.received(text, now: now)
    }

    private mutating func becomeReady() {
        _ = connect()
        _ = receive(hello("u1"))
        _ = receive(registered())
    }

    private func hello(_ uaid: String) -> String { #"{"messageType":"hello","uaid":"\#(uaid)","status":200,"use_webpush":true}"# }

    private func registered(status: Int = 200, at endpoint: String = endpoint) -> String {
        #"{"messageType":"register","channelID":"\#(channel.uppercased())","status":\#(status),"pushEndpoint":"\#(endpoint)"}"#
    }

    private func empty(_ version: String) -> String {
        #"{"messageType":"notification","channelID":"\#(channel)","version":"\#(version)"}"#
    }

    private func notification(_ version: String, _ plaintext: String) throws -> String {
        let body = try MessageEncryption.seal(Array(plaintext.utf8), for: session.identity.key.keys)
        return
            #"{"messageType":"notification","channelID":"\#(channel)","version":"\#(version)","ttl":60,"data":"\#(Base64URL.encode(body))","headers":{"encoding":"aes128gcm"}}"#
    }

    private func ack(_ version: String, _ code: AckCode) -> UserAgentSession.Action {
        .send(.ack(channelID: channel, version: version, code))
    }

    private func delivery(_ actions: [UserAgentSession.Action]) -> (MessageFrame, ReceivedMessage)? {
        guard actions.count == 1, case .deliver(let frame, let message) = actions[0] else { return nil }
        return (frame, message)
    }

    private func isDisconnect(_ actions: [UserAgentSession.Action], _ code: UserAgentError.Code) -> Bool {
        guard actions.count == 1, case .disconnect(code, _) = actions[0] else { return false }
        return true
    }
}
