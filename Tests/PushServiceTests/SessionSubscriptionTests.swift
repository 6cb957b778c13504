import Foundation
import PushService
import Testing

/// Registering, unregistering, pings, and frames that are none.
@Suite struct SessionSubscriptionTests {
    /// The public key of RFC 8292 §2.4, with the padding that Firefox adds.
    static let key = "BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs="

    @Test func aChannelIsStoredBeforeItsEndpointIsTold() throws {
        var session = Transcript.ready()
        #expect(session.hears(Frame.register()) == ["register a"])
        let actions = session.on(.registered(registration()))
        #expect(actions == ["say registered a 200 \(endpoint(epoch: 7).prefix(32))"])
    }

    @Test func aKeyMakesARestrictedEndpoint() throws {
        var session = Transcript.ready().session
        let actions = session.handle(.frame(Frame.register(key: Self.key)), now: Transcript.start)
        guard case .register(let channel, let key?)? = actions.first else {
            Issue.record("no registration with a key in \(actions)")
            return
        }
        let answer = session.handle(
            .registered(Registration(channel: channel, epoch: SubscriptionEpoch(rawValue: 7), vapidKey: key)), now: Transcript.start)
        guard case .send(.register(.a, 200, let url))? = answer.first else {
            Issue.record("no endpoint in \(answer)")
            return
        }
        let parts = url.split(separator: "/")
        #expect(parts[3] == "v2")
        let endpoint = try #require(Transcript.codec.endpoint(version: parts[3], token: parts[4]))
        #expect(endpoint.channel == Channel(uaid: .known, id: .a))
        #expect(endpoint.keyHash?.count == 32)
    }

    @Test func anEndpointIsTheSameAsLongAsTheRegistrationIs() {
        #expect(endpoint(epoch: 7) == endpoint(epoch: 7))
        #expect(endpoint(epoch: 7) != endpoint(epoch: 8))
    }

    private func endpoint(epoch: Int64) -> String {
        Transcript.codec.endpoint(for: Channel(uaid: .known, id: .a), of: SubscriptionEpoch(rawValue: epoch))
    }

    @Test(arguments: ["", "!!", "AAAA", "BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBQs="])
    func aBadKeyIsRefusedAndTheSessionGoesOn(_ key: String) {
        var session = Transcript.ready()
        #expect(session.hears(Frame.register(key: key)) == ["say registered a 400 Failed to generate endpoint"])
        #expect(session.hears("{}") == ["say pong"])
    }

    @Test func aFailedRegistrationIsToldAndTheSessionGoesOn() {
        var session = Transcript.ready()
        _ = session.hears(Frame.register())
        #expect(session.on(.registrationFailed(.a)) == ["say registered a 500 The store failed, try again"])
        #expect(session.hears(Frame.register()) == ["register a"])
    }

    @Test func unregisteringIsAnsweredOnceItIsDone() {
        var session = Transcript.ready()
        #expect(session.hears(Frame.unregister()) == ["unregister a"])
        #expect(session.on(.unregistered(.a)) == ["say unregistered a 200"])
        #expect(session.notes == [.unregistered(code: 200)])
        _ = session.hears(Frame.unregister(.b))
        #expect(session.on(.unregistrationFailed(.b)) == ["say unregistered b 500"])
    }

    @Test(arguments: [
        "", "a", "0000000000000000000000000000000a", "00000000-0000-0000-0000-00000000000A",
        "{00000000-0000-0000-0000-00000000000a}", "00000000-0000-0000-0000-00000000000g",
        "000000000-000-0000-0000-00000000000a", "00000000-0000-0000-0000-00000000000a ",
    ])
    func aMisspelledChannelEndsTheSession(_ channel: String) {
        var session = Transcript.ready()
        let frame = #"{"messageType":"register","channelID":"\#(channel)"}"#
        #expect(session.hears(frame) == ["close 1011: channelID must be a UUID in lower case with dashes"])
    }

    @Test(arguments: ["0000000000000000000000000000000a", "00000000-0000-0000-0000-00000000000A", "0000000000000000000000000000000A"])
    func aChannelEndsHoweverItIsSpelled(_ channel: String) {
        var session = Transcript.ready()
        #expect(session.hears(#"{"messageType":"unregister","channelID":"\#(channel)"}"#) == ["unregister a"])
    }

    @Test(arguments: ["", "a", "{00000000-0000-0000-0000-00000000000a}", "00000000-0000-0000-0000-00000000000g"])
    func noChannelCanNotEnd(_ channel: String) {
        var session = Transcript.ready()
        #expect(session.hears(#"{"messageType":"unregister","channelID":"\#(channel)"}"#) == ["close 1011: channelID must be a UUID"])
    }

    @Test func requestsThatWaitForTheStoreAreBounded() {
        var limits = PushServiceLimits()
        limits.pendingRequests = 2
        var session = Transcript.ready(limits: limits)
        _ = session.hears(Frame.register(.a))
        _ = session.hears(Frame.unregister(.b))
        _ = session.on(.registered(registration()))
        #expect(session.hears(Frame.register(.b)) == ["register b"])
        let actions = session.hears(Frame.register(.b))
        #expect(actions == ["close 1011: too many requests at once, wait for the replies"])
    }

    @Test func pingsAreAnsweredButNotTooOften() {
        var session = Transcript.ready()
        #expect(session.hears("{}", at: 10) == ["say pong"])
        #expect(session.hears(#"{"messageType":"ping"}"#, at: 55) == ["say pong"])
        #expect(session.hears("{}", at: 99.9) == ["close 1011: pings come too often"])
    }

    @Test func anUnknownFrameTypeIsSkipped() {
        var session = Transcript.ready()
        #expect(session.hears(#"{"messageType":"sing","song":1}"#) == [])
        #expect(session.hears(#"{"messageType":"broadcast_subscribe","broadcasts":{"a/b":"\"0\""}}"#) == [])
        #expect(session.notes == [.skippedFrame])
        #expect(!session.session.isClosed)
    }

    @Test(arguments: ["", "garbage", "[]", "[{}]", "7", #"{"messageType":"ack"}"#, #"{"messageType":"ack","updates":7}"#, "{"])
    func garbageEndsTheSessionWithAReason(_ frame: String) {
        var session = Transcript.ready()
        let actions = session.hears(frame)
        #expect(actions.count == 1 && actions[0].hasPrefix("close 1011: a"))
        #expect(session.hears("{}") == [])
    }

    @Test func aFrameTooLargeEndsTheSession() {
        var limits = PushServiceLimits()
        limits.frameBytes = 40
        var session = Transcript(limits: limits)
        #expect(session.hears(String(repeating: " ", count: 41)) == ["close 1009: a frame may have at most 40 bytes"])
    }

    @Test func aReplacedSessionAndAStoppingServerSaySo() {
        var replaced = Transcript.ready()
        #expect(replaced.on(.replaced) == ["close 4001: replaced by a newer connection of the same user agent"])
        var stopping = Transcript.ready()
        #expect(stopping.on(.serverStopping) == ["close 1001: the server stops, connect again"])
        #expect(stopping.on(.offered(.number(1))) == [])
    }

    @Test func aLongConnectionIsNoLongAbsence() {
        var session = Transcript.ready()
        #expect(session.session.deadline == Transcript.start + 86_400)
        #expect(session.on(.tick, at: 86_399) == [])
        #expect(session.on(.tick, at: 86_400) == ["record connection"])
        #expect(session.session.deadline == Transcript.start + 172_800)
    }

    @Test func aCloseReasonFitsIntoItsFrame() {
        #expect(SessionClose(code: 1000, reason: String(repeating: "ä", count: 100)).reason.utf8.count == 122)
    }

    private func registration() -> Registration {
        Registration(channel: Channel(uaid: .known, id: .a), epoch: SubscriptionEpoch(rawValue: 7), vapidKey: nil)
    }
}
