import PushService
import Testing
import WebPush

/// What a user agent isn't to be woken for waits, and goes along when it is awake (RFC 8030 §5.3).
@Suite struct SessionUrgencyTests {
    /// Past its hello, with nothing waiting that is urgent.
    private func session(_ urgency: Urgency, answer: Bool = false) -> Transcript {
        var session = Transcript()
        _ = session.hears(Frame.hello(.known, more: #","urgency":"\#(urgency.rawValue)""#))
        #expect(session.on(.lookedUp(1)) == ["attach known", "say hello known", "probe \(urgency.rawValue) after 0"])
        #expect(session.on(.probed(answer)) == (answer ? ["load 50 after 0"] : []))
        return session
    }

    @Test func lessUrgentMessagesWaitForAnUrgentOne() {
        var session = session(.high)
        #expect(session.on(.offered(.number(1, .normal))) == [])
        #expect(session.on(.offered(.number(2, .veryLow))) == [])
        #expect(session.on(.offered(.number(3, .high))) == ["load 50 after 0"])
        let page = MessagePage([.number(1, .normal), .number(2, .veryLow), .number(3, .high)], limit: 50, newest: 3)
        #expect(session.on(.loaded(page)) == ["say message 1", "say message 2", "say message 3"])
        #expect(session.on(.offered(.number(4, .low))) == [], "it may sleep again")
    }

    @Test func anUrgentBacklogBringsTheRestAlong() {
        var session = session(.normal, answer: true)
        let page = MessagePage([.number(1, .low), .number(2, .normal)], limit: 50, newest: 2)
        #expect(session.on(.loaded(page)) == ["say message 1", "say message 2"])
    }

    @Test func aPingBringsWhatWaits() {
        var session = session(.high)
        _ = session.on(.offered(.number(1, .low)))
        #expect(session.hears("{}") == ["say pong", "load 50 after 0"])
        #expect(session.on(.loaded(.last(1))) == ["say message 1"])
        #expect(session.on(.offered(.number(2, .low))) == [])
    }

    @Test func aLowerWishBringsWhatItAsksFor() {
        var session = session(.high)
        _ = session.on(.offered(.number(1, .low)))
        #expect(session.hears(Frame.want(.normal)) == ["probe normal after 0"])
        #expect(session.on(.probed(false)) == [])
        #expect(session.hears(Frame.want(.veryLow)) == ["load 50 after 0"])
    }

    @Test func aWishInTheOtherWordsIsAnswered() {
        var session = session(.high)
        _ = session.on(.offered(.number(1, .low)))
        #expect(session.hears(#"{"messageType":"urgency","min":"very-low"}"#) == ["say urgency 200", "load 50 after 0"])
        #expect(ServerMessage.urgency(status: 200).frame() == #"{"messageType":"urgency","status":200}"#)
        let nonsense = session.hears(#"{"messageType":"urgency","min":"none"}"#)
        #expect(nonsense == ["close 1011: urgency must be one of very-low, low, normal, high"])
    }

    @Test func aHigherWishHoldsBackFromThenOn() {
        var session = Transcript.ready()
        #expect(session.on(.offered(.number(1, .low))) == ["say message 1"])
        #expect(session.hears(Frame.want(.high)) == ["probe high after 1"])
        _ = session.on(.probed(false))
        #expect(session.on(.offered(.number(2, .low))) == [])
        #expect(session.on(.offered(.number(3, .high))) == ["load 50 after 1"])
    }

    @Test func newsOfAnotherNodeSayNothingOfUrgencySoTheStoreIsAsked() {
        var session = session(.high)
        #expect(session.on(.stored(4)) == ["probe high after 0"])
        #expect(session.on(.stored(5)) == [], "one question at a time")
        #expect(session.on(.probed(false)) == ["probe high after 0"], "it was asked before the second came")
        #expect(session.on(.probed(true)) == ["load 50 after 0"])
    }

    @Test func aMessageThatIsNeverStoredAndNotWantedIsDropped() {
        var session = session(.high)
        let unstored = Message(
            id: MessageID(uaid: .known, sequence: -4), channel: .a, urgency: .low, expiresAt: Transcript.start, content: MessageContent())
        #expect(session.on(.offered(unstored)) == [])
        #expect(session.notes.last == .endedUnstored(.dropped))
    }

    @Test func aWordThatIsNoUrgencyEndsTheSessionAndInAHelloMeansAll() {
        var session = Transcript.ready()
        #expect(session.hears(#"{"messageType":"urgency","urgency":"urgent"}"#) == ["close 1011: urgency must be one of very-low, low, normal, high"])
        var another = Transcript()
        _ = another.hears(Frame.hello(.known, more: #","urgency":7"#))
        #expect(another.on(.lookedUp(1)) == ["attach known", "say hello known", "load 50 after 0"])
    }
}
