import Foundation
import PushService
import Testing
import WebPush

/// What is sent when, and what an acknowledgement does.
@Suite struct SessionDeliveryTests {
    // MARK: The backlog

    @Test func theBacklogIsSentInOrderPageByPage() {
        var session = Transcript(limits: .window(4, page: 2))
        _ = session.hears(Frame.hello(.known))
        #expect(session.on(.lookedUp(1)).last == "load 2 after 0")
        #expect(session.on(.loaded(.full(1, 2))) == ["say message 1", "say message 2", "load 2 after 2"])
        #expect(session.on(.loaded(.full(3, 4))) == ["say message 3", "say message 4"])
        #expect(session.hears(Frame.ack(1)) == ["delete 1"])
        #expect(session.hears(Frame.ack(2)) == ["delete 2", "load 2 after 4"])
        #expect(session.on(.loaded(.last(5))) == ["say message 5"])
        #expect(session.hears(Frame.ack(3, 4, 5)) == ["delete 3 4 5"])
        #expect(session.notes.filter { $0 == .sent(fromBacklog: true) }.count == 5)
    }

    @Test func whatExpiredBetweenReadingAndSendingIsNotSent() {
        var session = Transcript()
        _ = session.hears(Frame.hello(.known))
        _ = session.on(.lookedUp(1))
        let page = MessagePage([.number(1, expiresAfter: 10), .number(2)], limit: 50, newest: 2)
        #expect(session.on(.loaded(page), at: 10) == ["say message 2"])
        #expect(session.notes.contains(.expired))
    }

    @Test func aFailedLoadEndsTheSessionSoThatNothingIsLost() {
        var session = Transcript()
        _ = session.hears(Frame.hello(.known))
        _ = session.on(.lookedUp(1))
        #expect(session.on(.storeFailed) == ["close 1013: the store doesn't answer, connect again later"])
    }

    // MARK: Offers

    @Test func aMessageThatIsNextGoesStraightOut() {
        var session = Transcript.ready()
        #expect(session.on(.offered(.number(1))) == ["say message 1"])
        #expect(session.on(.offered(.number(2))) == ["say message 2"])
        #expect(session.notes == [.sent(fromBacklog: false), .sent(fromBacklog: false)])
    }

    @Test func aFreshUserAgentNeedsNoLoadForItsFirstMessage() {
        var session = Transcript()
        _ = session.hears(Frame.hello())
        let message = NewMessage(
            channel: Channel(uaid: .fresh, id: .a), ttl: .init(seconds: 9), postedAt: Transcript.start, content: .init())
        #expect(session.on(.offered(message.numbered(1))) == ["say message 1"])
    }

    @Test func anOfferAfterAGapMakesTheSessionLookIntoTheStore() {
        var session = Transcript.ready()
        #expect(session.on(.offered(.number(3))) == ["load 50 after 0"])
        #expect(session.on(.offered(.number(1))) == [])
        #expect(session.on(.loaded(.last(1, 2, 3))) == ["say message 1", "say message 2", "say message 3"])
        #expect(session.on(.offered(.number(2))) == [])
        #expect(session.on(.offered(.number(4))) == ["say message 4"])
    }

    @Test func anOfferThatOvertookAnotherDoesNotLoseIt() {
        var session = Transcript.ready()
        #expect(session.on(.offered(.number(2))) == ["load 50 after 0"])
        #expect(session.on(.loaded(.last(1, 2))) == ["say message 1", "say message 2"])
        #expect(session.on(.offered(.number(1))) == [])
    }

    @Test func offersDuringALoadAreFetchedAfterwardsIfThePageLacksThem() {
        var session = Transcript()
        _ = session.hears(Frame.hello(.known))
        _ = session.on(.lookedUp(1))
        #expect(session.on(.offered(.number(2))) == [])
        #expect(session.on(.loaded(.last(1))) == ["say message 1", "load 50 after 1"])
        #expect(session.on(.loaded(.last(2))) == ["say message 2"])
    }

    @Test func theNumbersOfGoneMessagesLeaveNoGap() {
        var session = Transcript()
        _ = session.hears(Frame.hello(.known))
        _ = session.on(.lookedUp(1))
        #expect(session.on(.loaded(.last(newest: 7))) == [])
        #expect(session.on(.offered(.number(8))) == ["say message 8"])
    }

    @Test func aStoreThatHasForgottenWhatWasOfferedIsNotAskedForEver() {
        var session = Transcript.ready()
        #expect(session.on(.offered(.number(5))) == ["load 50 after 0"])
        #expect(session.on(.loaded(.last(newest: 0))) == [])
        #expect(session.on(.offered(.number(6))) == ["say message 6"])
    }

    @Test func anExpiredOfferIsNotSentAndLeavesNoGap() {
        var session = Transcript.ready()
        #expect(session.on(.offered(.number(1, expiresAfter: 5)), at: 5) == [])
        #expect(session.on(.offered(.number(2)), at: 5) == ["say message 2"])
        #expect(session.notes.first == .expired)
    }

    @Test func aMessageForSomebodyElseIsNeverSent() {
        var session = Transcript.ready()
        var message = Message.number(1)
        message.id = MessageID(uaid: .fresh, sequence: 1)
        #expect(session.on(.offered(message)) == [])
        #expect(session.on(.offered(.number(1))) == ["say message 1"])
    }

    // MARK: The window

    @Test func aFullWindowLeavesOffersInTheStore() {
        var session = Transcript.ready(limits: .window(2, page: 2))
        #expect(session.on(.offered(.number(1))) == ["say message 1"])
        #expect(session.on(.offered(.number(2))) == ["say message 2"])
        #expect(session.on(.offered(.number(3))) == [])
        #expect(session.hears(Frame.ack(1)) == ["delete 1", "load 1 after 2"])
        #expect(session.on(.loaded(.full(3))) == ["say message 3"])
        #expect(session.hears(Frame.ack(2)) == ["delete 2"])
        #expect(session.on(.offered(.number(4))) == ["say message 4"])
    }

    @Test func aWindowOfNothingStillLetsOneMessageThrough() {
        var session = Transcript.ready(limits: .window(0, page: 0))
        #expect(session.on(.offered(.number(1))) == ["say message 1"])
        #expect(session.on(.offered(.number(2))) == [])
        #expect(session.hears(Frame.ack(1)) == ["delete 1", "load 1 after 1"])
    }

    @Test func unstoredMessagesGoOutAtOnceOrNever() {
        var session = Transcript.ready(limits: .window(1, page: 1))
        #expect(session.on(.offered(.number(-7))) == ["say unstored"])
        #expect(session.on(.offered(.number(-8))) == [])
        #expect(session.notes == [.sent(fromBacklog: false), .endedUnstored(.dropped)])
        #expect(session.hears(Frame.ack(-7)) == [])
        #expect(session.on(.offered(.number(-9))) == ["say unstored"])
    }

    @Test func aLoadUnderWayReservesItsRoom() {
        var session = Transcript(limits: .window(2, page: 2))
        _ = session.hears(Frame.hello(.known))
        _ = session.on(.lookedUp(1))
        #expect(session.on(.offered(.number(-1))) == [])
        #expect(session.on(.loaded(.full(1, 2))) == ["say message 1", "say message 2"])
    }

    // MARK: Acknowledgements

    @Test(arguments: [(100, Acknowledgement.Verdict.delivered), (101, .undecryptable), (102, .notDelivered), (999, .notDelivered)])
    func everyAcknowledgementIsFinal(_ code: Int, _ verdict: Acknowledgement.Verdict) {
        var session = Transcript.ready(messages: [.number(1)])
        #expect(session.hears(Frame.ack(1, code: code)) == ["delete 1" + (verdict == .delivered ? "" : " \(verdict.ending)")])
        #expect(session.notes == [.acknowledged(verdict)])
    }

    @Test func anAcknowledgementWithoutCodeMeansDelivered() {
        var session = Transcript.ready(messages: [.number(1)])
        let version = Transcript.codec.token(for: Message.number(1).id)
        #expect(session.hears(#"{"messageType":"ack","updates":[{"version":"\#(version)"},{}]}"#) == ["delete 1"])
        #expect(session.notes == [.acknowledged(.delivered)])
    }

    @Test func acknowledgementsOfOthersAndForgedOnesDoNothing() {
        var session = Transcript.ready(messages: [.number(1)])
        #expect(session.hears(Frame.ack(9, of: .fresh)) == [])
        #expect(session.hears(#"{"messageType":"ack","updates":[{"version":"forged"}]}"#) == [])
        #expect(session.notes == [.strayAcknowledgement, .strayAcknowledgement])
    }

    @Test func aRepeatedAcknowledgementDeletesOnce() {
        var session = Transcript.ready(messages: [.number(1)])
        #expect(session.hears(Frame.ack(1, 1)) == ["delete 1"])
        #expect(session.notes == [.acknowledged(.delivered), .strayAcknowledgement])
    }

    @Test func anAcknowledgementFromTheSessionBeforeSparesTheResend() {
        var session = Transcript()
        _ = session.hears(Frame.hello(.known))
        _ = session.on(.lookedUp(1))
        #expect(session.hears(Frame.ack(1, 3)) == ["delete 1 3"])
        #expect(session.on(.loaded(.last(1, 2, 3))) == ["say message 2"])
        #expect(session.on(.offered(.number(4))) == ["say message 4"])
    }

    @Test func aMessageAcknowledgedBeforeItWasOfferedIsNotSent() {
        var session = Transcript.ready()
        #expect(session.hears(Frame.ack(1)) == ["delete 1"])
        #expect(session.on(.offered(.number(1))) == [])
        #expect(session.on(.offered(.number(2))) == ["say message 2"])
    }

    @Test func aFailedHandlerIsCountedOnly() {
        var session = Transcript.ready(messages: [.number(1)])
        _ = session.hears(Frame.ack(1))
        #expect(session.hears(#"{"messageType":"nack","version":"x","code":302}"#) == [])
        #expect(session.notes.last == .failedInUserAgent(code: 302))
    }

    @Test func theVersionIsTheSameAtEveryResend() {
        func version() -> String? {
            var session = Transcript.ready().session
            guard case .send(.notification(_, let version, _))? = session.handle(.offered(.number(1)), now: Transcript.start).first
            else { return nil }
            return version
        }
        #expect(version() != nil && version() == version())
    }
}

extension PushServiceLimits {
    static func window(_ inFlight: Int, page: Int) -> PushServiceLimits {
        var limits = PushServiceLimits()
        limits.inFlightMessages = inFlight
        limits.pageMessages = page
        return limits
    }
}
