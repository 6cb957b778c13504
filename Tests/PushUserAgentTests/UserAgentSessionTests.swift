import Foundation
import JWS
import Testing
import WebPush

@testable import PushUserAgent

/// Transcripts: what the push service says, and what the session does about it.
struct UserAgentSessionTests {
    var talk = Talk()

    @Test mutating func aNewUserAgentGreetsWithoutNameAndRegistersItsChannel() {
        #expect(talk.connect() == [.send(.hello(uaid: nil))])
        #expect(talk.hello("u1") == [.save, .report(.connected), .ask(app: "a")])
        #expect(talk.keyed("a", "KEY") == [.save, .send(.register(channelID: talk.channel("a"), key: "KEY"))])
        #expect(talk.registered("a") == [.save, .announce(app: "a")])
        #expect(talk.session.identity.uaid == "u1")
        #expect(talk.session.identity.registrations["a"]?.subscription?.endpoint.url == Talk.endpoint)
        #expect(talk.session.named("a", "device-1") == [.save])
        #expect(talk.session.named("a", "device-1") == [])
        #expect(talk.session.identity.registrations["a"]?.deviceID == "device-1")
    }

    @Test mutating func aKnownUserAgentDoesNotRegisterAgain() {
        talk.becomeReady()
        talk.lose()
        #expect(talk.connect() == [.send(.hello(uaid: "u1"))])
        #expect(talk.hello("u1") == [.report(.connected), .ask(app: "a")])
        #expect(talk.keyed("a", "KEY") == [.announce(app: "a")])
    }

    @Test mutating func aNewNameFromTheServerMeansANewRegistration() {
        talk.becomeReady()
        talk.lose()
        _ = talk.connect()
        #expect(talk.hello("u2") == [.save, .report(.connected), .ask(app: "a")])
        #expect(talk.session.identity.registrations["a"]?.subscription == nil)
        #expect(talk.keyed("a", "KEY") == [.send(.register(channelID: talk.channel("a"), key: "KEY"))])
    }

    @Test mutating func anotherApplicationServerKeyTakesAnotherChannelAndLeavesTheOld() {
        talk.becomeReady()
        let old = talk.channel("a")
        #expect(
            talk.keyed("a", "OTHER") == [
                .save, .send(.unregister(channelID: old)), .send(.register(channelID: "fresh", key: "OTHER")),
            ])
        #expect(talk.session.identity.leftChannels == [old])
        #expect(talk.receive(#"{"messageType":"unregister","channelID":"\#(old)","status":200}"#) == [.save])
        #expect(talk.session.identity.leftChannels == [])
    }

    @Test mutating func aRefusalToGreetCostsTheConnection() {
        _ = talk.connect()
        #expect(isDisconnect(talk.receive(#"{"messageType":"hello","status":401}"#), .refused))
        #expect(isDisconnect(talk.receive(#"{"messageType":"hello","uaid":""}"#), .refused))
    }

    @Test mutating func aRefusalToRegisterConcernsItsAppAlone() {
        talk.becomeReady()
        _ = talk.session.add("b")
        for answer in [#""status":500"#, #""status":200,"pushEndpoint":"no url""#] {
            _ = talk.keyed("b", "KEY")
            let actions = talk.receive(#"{"messageType":"register","channelID":"\#(talk.channel("b"))",\#(answer)}"#)
            #expect(actions == [.refuse(app: "b", reason: actions.reason)])
        }
        #expect(talk.session.isReady)
    }

    // MARK: Many apps

    @Test mutating func appsThatComeWhileConnectedRegisterAtOnce() {
        talk.becomeReady()
        #expect(talk.session.add("b") == [.save, .ask(app: "b")])
        #expect(talk.keyed("b", "KEY-B") == [.save, .send(.register(channelID: talk.channel("b"), key: "KEY-B"))])
        #expect(talk.registered("b", at: Talk.endpoint + "b") == [.save, .announce(app: "b")])
        #expect(talk.channel("a") != talk.channel("b"))
    }

    @Test mutating func eachAppGetsItsOwnMessages() throws {
        talk.becomeReady(["a", "b"])
        #expect(try #require(talk.delivery(talk.receive(talk.notification("v1", "for a", to: "a")))).app == "a")
        let delivery = try #require(talk.delivery(talk.receive(talk.notification("v2", "for b", to: "b"))))
        #expect(delivery.app == "b")
        #expect(delivery.message.payload == Array("for b".utf8))
    }

    @Test mutating func aMessageSealedForAnotherAppIsRefused() throws {
        talk.becomeReady(["a", "b"])
        let keysOfA = try #require(talk.session.identity.registrations["a"]).key.keys
        let actions = talk.receive(try talk.notification("v1", "x", to: "b", sealedFor: keysOfA))
        #expect(actions.first == talk.ack("v1", .undecryptable, "b"))
    }

    @Test mutating func aPlainBodyComesAsWhatItIsAndNeverAsAPayload() throws {
        talk.becomeReady()
        let plain = talk.plain("v1", Array("battery low".utf8))
        let message = try #require(talk.delivery(talk.receive(plain))).message
        #expect(message.content == .unencrypted(Array("battery low".utf8)))
        #expect(message.payload == nil)
        #expect(try #require(talk.delivery(talk.receive(talk.plain("v2", [])))).message.content == .empty)
    }

    @Test mutating func encryptedBytesWithoutTheirHeadersAreNotDecrypted() throws {
        talk.becomeReady()
        let sealed = try MessageEncryption.seal(Array("x".utf8), for: #require(talk.session.identity.registrations["a"]).key.keys)
        #expect(try #require(talk.delivery(talk.receive(talk.plain("v1", sealed)))).message.content == .unencrypted(sealed))
    }

    @Test mutating func aBodyThatClaimsAnotherEncodingIsRefused() {
        talk.becomeReady()
        let plain = talk.plain("v1", [1, 2, 3])
        for headers in [#"{}"#, #"{"encoding":"identity"}"#] {
            #expect(talk.receive(String(plain.dropLast()) + #","headers":\#(headers)}"#).first == talk.ack("v1", .undecryptable))
        }
    }

    @Test mutating func oneAppsRepeatIsAnothersNews() throws {
        talk.becomeReady(["a", "b"])
        let (_, frame, _) = try #require(talk.delivery(talk.receive(talk.empty("v1", to: "a"))))
        _ = talk.session.handled(frame, by: "a", now: Talk.start)
        #expect(talk.delivery(talk.receive(talk.empty("v1", to: "b"))) != nil)
    }

    @Test mutating func anAppThatLeavesUnregistersAndItsKeysGo() {
        talk.becomeReady(["a", "b"])
        let channel = talk.channel("b")
        #expect(talk.session.remove("b") == [.save, .send(.unregister(channelID: channel))])
        #expect(talk.session.identity.registrations["b"] == nil)
        #expect(talk.session.remove("b") == [])
    }

    @Test mutating func whoLeftOfflineUnregistersWithTheNextConnection() {
        talk.becomeReady(["a", "b"])
        let channel = talk.channel("b")
        talk.lose()
        #expect(talk.session.remove("b") == [.save])
        _ = talk.connect()
        #expect(talk.hello("u1") == [.report(.connected), .send(.unregister(channelID: channel)), .ask(app: "a")])
    }

    @Test mutating func aMessageItsAppLeftBehindIsNotAcknowledgedByIt() throws {
        talk.becomeReady()
        let (_, frame, _) = try #require(talk.delivery(talk.receive(talk.empty("v1"))))
        _ = talk.session.remove("a")
        #expect(talk.session.handled(frame, by: "a", now: Talk.start) == [])
        #expect(talk.session.gaveUp(frame, by: "a", now: Talk.start) == [])
    }

    @Test mutating func whatAnAppDidNotTakeIsNothingToItsSuccessor() {
        talk.becomeReady()
        #expect(talk.delivery(talk.receive(talk.empty("v1"))) != nil)
        _ = talk.session.remove("a")
        talk.becomeReady()
        #expect(talk.delivery(talk.receive(talk.empty("v1"))) != nil)
    }

    @Test mutating func theWordThatAChannelIsLeftMayBeSpelledAsTheServiceLikes() {
        talk.becomeReady(["a", "b"])
        let channel = talk.channel("b").uppercased()
        _ = talk.session.remove("b")
        #expect(talk.receive(#"{"messageType":"unregister","channelID":"\#(channel)","status":200}"#) == [.save])
        #expect(talk.session.identity.leftChannels == [])
    }

    // MARK: Messages

    @Test mutating func aMessageIsRememberedThenAcknowledgedAfterItWasHandled() throws {
        talk.becomeReady()
        let (_, frame, message) = try #require(talk.delivery(talk.receive(talk.notification("v1", "hi"))))
        #expect(message.payload == Array("hi".utf8))
        #expect(!talk.remembers("v1"))
        #expect(talk.session.handled(frame, by: "a", now: Talk.start) == [.save, talk.ack("v1", .delivered)])
        #expect(talk.remembers("v1"))
    }

    @Test mutating func aRepeatOfAHandledMessageIsDroppedAndAcknowledged() throws {
        talk.becomeReady()
        let text = try talk.notification("v1", "hi")
        let (_, frame, _) = try #require(talk.delivery(talk.receive(text)))
        _ = talk.session.handled(frame, by: "a", now: Talk.start)
        #expect(talk.receive(text) == [talk.ack("v1", .notDelivered)])
    }

    @Test mutating func aMessageInHandIsNotHandedOverTwiceAndAcknowledgedOnTheNewConnection() throws {
        talk.becomeReady()
        let text = try talk.notification("v1", "hi")
        let (_, frame, _) = try #require(talk.delivery(talk.receive(text)))
        talk.lose()
        _ = talk.connect()
        _ = talk.hello("u1")
        #expect(talk.receive(text) == [])
        #expect(talk.session.handled(frame, by: "a", now: Talk.start) == [.save, talk.ack("v1", .delivered)])
    }

    @Test mutating func withoutAConnectionAHandledMessageIsOnlyRemembered() throws {
        talk.becomeReady()
        let text = talk.empty("v1")
        let (_, frame, _) = try #require(talk.delivery(talk.receive(text)))
        talk.lose()
        _ = talk.connect()
        #expect(talk.session.handled(frame, by: "a", now: Talk.start) == [.save])
        _ = talk.hello("u1")
        #expect(talk.receive(text) == [talk.ack("v1", .notDelivered)])
    }

    @Test mutating func aMessageItsAppFailedOnForGoodIsAcknowledgedAndNacked() throws {
        talk.becomeReady()
        let (_, frame, _) = try #require(talk.delivery(talk.receive(talk.empty("v1"))))
        #expect(
            talk.session.gaveUp(frame, by: "a", now: Talk.start) == [
                .save, talk.ack("v1", .delivered), .send(.nack(version: "v1", .handlerFailed)),
            ])
        #expect(talk.remembers("v1"))
    }

    @Test mutating func onlySoManyMessagesWait() {
        talk.session.settings.messagesInHand = 2
        talk.becomeReady()
        _ = talk.receive(talk.empty("v1"))
        #expect(talk.delivery(talk.receive(talk.empty("v2"))) != nil)
        #expect(isDisconnect(talk.receive(talk.empty("v3")), .connectionLost))
    }

    @Test mutating func onlyTheLast128VersionsOfEachAppAreRemembered() throws {
        talk.becomeReady(["a", "b"])
        try talk.take("v0", by: "b")
        for number in 0...Registration.rememberedVersions { try talk.take("v\(number)", by: "a") }
        #expect(talk.session.identity.registrations["a"]?.recentVersions.count == Registration.rememberedVersions)
        #expect(!talk.remembers("v0"))
        #expect(talk.remembers("v1"))
        #expect(talk.remembers("v0", by: "b"))
    }

    @Test mutating func theOldContentEncodingIsOpenedToo() throws {
        talk.becomeReady()
        let keys = try #require(talk.session.identity.registrations["a"]).key.keys
        let sealed = try LegacyEncryption.seal(Array("old".utf8), for: keys)
        let headers = #"{"encoding":"aesgcm","encryption":"\#(sealed.encryption)","crypto_key":"\#(sealed.cryptoKey)"}"#
        let text =
            #"{"messageType":"notification","channelID":"\#(talk.channel("a"))","version":"v1","data":"\#(Base64URL.encode(sealed.body))","headers":\#(headers)}"#
        #expect(talk.delivery(talk.receive(text))?.message.payload == Array("old".utf8))
    }

    @Test mutating func aMessageWithoutBodyIsDeliveredWithoutPayload() throws {
        talk.becomeReady()
        #expect(try #require(talk.delivery(talk.receive(talk.empty("v1")))).message.payload == nil)
    }

    @Test(arguments: [
        (data: "AAAA", encoding: "aes128gcm"), (data: "!", encoding: "aes128gcm"), (data: "AAAA", encoding: "rot13"),
    ])
    func aMessageNobodyCanReadIsRefusedForGood(message: (data: String, encoding: String)) {
        var talk = talk
        talk.becomeReady()
        let actions = talk.receive(
            #"{"messageType":"notification","channelID":"\#(talk.channel("a"))","version":"v1","data":"\#(message.data)","headers":{"encoding":"\#(message.encoding)"}}"#)
        #expect(actions.first == talk.ack("v1", .undecryptable))
        guard case .report(.undecryptable(app: "a", version: "v1", reason: _)) = actions.last else {
            Issue.record("not reported: \(actions)")
            return
        }
    }

    @Test mutating func aMessageForAChannelWeLeftUnregistersIt() {
        talk.becomeReady()
        let old = #"{"messageType":"notification","channelID":"old","version":"v1"}"#
        #expect(
            talk.receive(old) == [
                .send(.ack(channelID: "old", version: "v1", .notDelivered)), .send(.unregister(channelID: "old")),
            ])
    }

    @Test(arguments: ["", "[]", "null", "{", #"{"messageType":"notification"}"#, #"{"messageType":7}"#])
    func garbageIsReportedAndIgnored(text: String) {
        var talk = talk
        talk.becomeReady()
        #expect(talk.receive(text) == [.report(.unreadableFrame)])
    }

    @Test mutating func framesOutOfTurnAreIgnored() {
        talk.becomeReady()
        #expect(talk.hello("u9") == [])
        #expect(talk.registered("a", at: "https://elsewhere.example/x") == [])
        #expect(talk.receive(#"{"messageType":"broadcast","broadcasts":{}}"#) == [])
        #expect(talk.session.identity.uaid == "u1")
        #expect(talk.session.identity.registrations["a"]?.endpoint?.url == Talk.endpoint)
    }

    // MARK: Urgency

    @Test mutating func whatIsWorthWakingForIsSaidInTheHelloAndWhenItChanges() {
        talk.session.settings.urgency = .high
        #expect(talk.connect() == [.send(.hello(uaid: nil, urgency: .high))])
        _ = talk.hello("u1")
        #expect(talk.session.want(.low) == [.send(.want(.low))])
        talk.lose()
        #expect(talk.session.want(.normal) == [])
        #expect(talk.connect() == [.send(.hello(uaid: "u1", urgency: .normal))])
    }

    // MARK: Time

    @Test mutating func anUnansweredHelloOrRegistrationCostsTheConnection() {
        _ = talk.connect()
        #expect(talk.session.deadline == Talk.start + 10)
        #expect(talk.session.tick(now: Talk.start + 9.9) == [])
        #expect(isDisconnect(talk.session.tick(now: Talk.start + 10), .timedOut))
        _ = talk.hello("u1")
        _ = talk.session.keyed("a", "KEY", freshChannelID: "fresh", now: Talk.start + 5)
        #expect(talk.session.tick(now: Talk.start + 14.9) == [])
        #expect(isDisconnect(talk.session.tick(now: Talk.start + 15), .timedOut))
    }

    @Test mutating func aRegistrationThatNobodyWaitsForCostsNothing() {
        talk.becomeReady(["a", "b"])
        _ = talk.session.keyed("b", "OTHER", freshChannelID: "fresh", now: Talk.start)
        _ = talk.session.remove("b")
        #expect(talk.session.tick(now: Talk.start + 10) == [], "its app has left")
        _ = talk.session.keyed("a", "OTHER", freshChannelID: "fresher", now: Talk.start)
        talk.lose()
        _ = talk.connect()
        _ = talk.hello("u1")
        #expect(talk.session.tick(now: Talk.start + 10) == [], "its connection is over")
    }

    @Test mutating func silenceIsBrokenByAPingAndAnAnswerIsALifeSign() {
        talk.becomeReady()
        #expect(talk.session.tick(now: Talk.start + 54.9) == [])
        #expect(talk.session.tick(now: Talk.start + 55) == [.send(.ping)])
        #expect(talk.receive("{}", now: Talk.start + 56) == [.save])
        #expect(talk.session.deadline == Talk.start + 111)
    }

    @Test mutating func anUnansweredPingCostsTheConnection() {
        talk.becomeReady()
        _ = talk.session.tick(now: Talk.start + 55)
        #expect(talk.session.tick(now: Talk.start + 64.9) == [])
        let actions = talk.session.tick(now: Talk.start + 65)
        #expect(actions.first == .save)
        #expect(isDisconnect(Array(actions.dropFirst()), .timedOut))
    }

    @Test mutating func aDoubtedConnectionMustAnswerAtOnce() {
        talk.becomeReady()
        #expect(talk.session.doubted(network: nil, now: Talk.start + 1) == [.send(.ping)])
        #expect(talk.receive("{}", now: Talk.start + 2) == [])
        // The push service would not bear a second ping so soon.
        #expect(talk.session.doubted(network: nil, now: Talk.start + 3) == [.probe])
        #expect(isDisconnect(talk.session.tick(now: Talk.start + 13), .timedOut))
    }

    @Test mutating func whatWasLearnedStaysWithItsNetwork() throws {
        talk.becomeReady()
        for round in 0..<3 {
            let now = Talk.start + Double(round) * 55
            _ = talk.session.tick(now: now + 55)
            _ = talk.receive("{}", now: now + 55)
        }
        #expect(talk.session.identity.keepAlives["default"]?.intervalSeconds == 68.75)
        _ = talk.session.doubted(network: "wifi", now: Talk.start + 200)
        _ = talk.receive("{}", now: Talk.start + 200)
        #expect(talk.session.deadline == Talk.start + 255)
        _ = talk.session.doubted(network: "default", now: Talk.start + 210)
        _ = talk.receive("{}", now: Talk.start + 210)
        #expect(talk.session.deadline == Talk.start + 278.75)
    }

    @Test mutating func onlySoManyNetworksAreRemembered() {
        for number in 0..<150 { talk.session.identity.learned(KeepAlive(KeepAliveRules()), of: "network \(number)") }
        #expect(talk.session.identity.keepAlives.count == UserAgentIdentity.rememberedNetworks)
        #expect(talk.session.identity.keepAlives["network 149"] != nil)
    }

    @Test mutating func withoutAConnectionThereIsNothingToWaitFor() {
        talk.becomeReady()
        #expect(talk.session.greetedAt == Talk.start)
        talk.lose()
        #expect(talk.session.deadline == nil)
        #expect(talk.session.greetedAt == nil)
        #expect(talk.session.tick(now: Talk.start + 1000) == [])
        #expect(talk.session.doubted(network: nil, now: Talk.start) == [])
    }

    private func isDisconnect(_ actions: [UserAgentSession.Action], _ code: UserAgentError.Code) -> Bool {
        guard actions.count == 1, case .disconnect(code, _) = actions[0] else { return false }
        return true
    }
}

extension [UserAgentSession.Action] {
    fileprivate var reason: String {
        if case .refuse(_, let reason) = first { reason } else { "none" }
    }
}
