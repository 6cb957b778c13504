import Foundation
import PushService
import Testing

/// From the connection to the hello reply.
@Suite struct SessionHelloTests {
    @Test func aUserAgentWithoutIdentityGetsOneAndHasNoBacklog() {
        var session = Transcript()
        #expect(session.hears(Frame.hello()) == ["attach fresh", "say hello fresh"])
        #expect(session.notes == [.identified(isNew: true)])
    }

    @Test func aKnownUserAgentKeepsItsIdentityAndItsBacklogIsRead() {
        var session = Transcript()
        #expect(session.hears(Frame.hello(.known)) == ["look up known"])
        #expect(session.on(.lookedUp(1)) == ["attach known", "say hello known", "load 50 after 0"])
        #expect(session.notes == [.identified(isNew: false)])
    }

    @Test func anIdentityThatTheStoreDoesNotKnowIsReplaced() {
        var session = Transcript()
        #expect(session.hears(Frame.hello(UAID(rawValue: 99))) == ["look up stranger"])
        #expect(session.on(.lookedUp(nil)) == ["attach fresh", "say hello fresh"])
    }

    @Test(arguments: [#""""#, #""nonsense""#, "null", "17", #"{"a":1}"#, #""0000000000000000000000000000000""#])
    func aNonsensicalIdentityIsReplacedWithoutComplaint(_ uaid: String) {
        var session = Transcript()
        let hello = #"{"messageType":"hello","use_webpush":true,"uaid":\#(uaid)}"#
        #expect(session.hears(hello) == ["attach fresh", "say hello fresh"])
    }

    @Test func aDashedIdentityIsTheSameOne() {
        var session = Transcript()
        let hello = #"{"messageType":"hello","uaid":"00000000-0000-0000-0000-00000000000C"}"#
        #expect(session.hears(hello) == ["look up known"])
    }

    @Test(arguments: [
        "", "garbage", "[]", "7", "null", "{}", #"{"messageType":"ping"}"#, #"{"messageType":7}"#, Frame.register(),
        #"{"messageType":"goodbye"}"#, "{\"messageType\":\"hello\"", "\u{0}\u{1}",
    ])
    func whateverComesBeforeTheHelloEndsTheSession(_ frame: String) {
        var session = Transcript()
        #expect(session.hears(frame) == ["close 1011: the first frame must be a hello"])
        #expect(session.session.isClosed)
    }

    @Test func silenceEndsTheSessionAtTheDeadline() {
        var session = Transcript()
        #expect(session.session.deadline == Transcript.start + 5)
        #expect(session.on(.tick, at: 4.9) == [])
        #expect(session.on(.tick, at: 5) == ["close 1011: no hello in time"])
    }

    @Test func onceHelloWasSaidTheStoreHasTimeToAnswer() {
        var session = Transcript()
        _ = session.hears(Frame.hello(.known), at: 4)
        #expect(session.session.deadline == Transcript.start + 34)
        #expect(session.on(.tick, at: 33.9) == [])
        #expect(session.on(.tick, at: 34) == ["close 1013: the store doesn't answer, connect again later"])
    }

    @Test func framesThatComeBeforeTheReplyAreAnsweredAfterIt() {
        var session = Transcript()
        _ = session.hears(Frame.hello(.known))
        #expect(session.hears("{}") == [])
        #expect(session.hears(Frame.register()) == [])
        let actions = session.on(.lookedUp(1))
        #expect(actions == ["attach known", "say hello known", "load 50 after 0", "say pong", "register a"])
    }

    @Test func badFramesThatCameBeforeTheReplyEndTheSessionOnce() {
        var session = Transcript()
        _ = session.hears(Frame.hello(.known))
        _ = session.hears("garbage")
        _ = session.hears("garbage")
        #expect(session.on(.lookedUp(1)).filter { $0.hasPrefix("close") }.count == 1)
        #expect(session.session.isClosed)
    }

    @Test func onlyAFewFramesMayComeBeforeTheReply() {
        var session = Transcript()
        _ = session.hears(Frame.hello(.known))
        for _ in 0..<8 { #expect(session.hears("{}") == []) }
        #expect(session.hears("{}") == ["close 1011: wait for the hello reply before sending more"])
    }

    @Test func aSecondHelloEndsTheSession() {
        var session = Transcript.ready()
        #expect(session.hears(Frame.hello(.known)) == ["close 1011: hello was already said"])
    }

    @Test func aStoreThatFailsEndsTheSessionForNow() {
        var session = Transcript()
        _ = session.hears(Frame.hello(.known))
        #expect(session.on(.storeFailed) == ["close 1013: the store doesn't answer, connect again later"])
    }

    @Test func messagesOfferedBeforeTheHelloAreLeftInTheStore() {
        var session = Transcript()
        #expect(session.on(.offered(.number(1))) == [])
        _ = session.hears(Frame.hello(.known))
        #expect(session.on(.offered(.number(2))) == [])
        #expect(session.on(.lookedUp(1)).last == "load 50 after 0")
    }
}
