import Foundation
import Testing

@testable import PushUserAgent

/// A connection's silence, minute by minute.
struct SilenceTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)
    private var silence = Silence(rules: KeepAliveRules(successesToGrow: 1), timeoutSeconds: 10)

    init() { silence.begin(with: nil, now: start) }

    @Test mutating func anyByteIsProofOfLifeAndPostponesThePing() {
        #expect(silence.deadline == start + 55)
        #expect(silence.heard(now: start + 50) == nil)
        #expect(silence.deadline == start + 105)
        #expect(silence.tick(now: start + 104) == .nothing)
    }

    @Test mutating func aPingAfterAWholeIntervalOfSilenceTeaches() {
        #expect(silence.tick(now: start + 55) == .ping)
        #expect(silence.heard(now: start + 56)?.intervalSeconds == 68.75)
        #expect(silence.deadline == start + 56 + 68.75)
    }

    @Test mutating func ourOwnWordsBreakTheSilenceToo() {
        silence.spoke(now: start + 30)
        #expect(silence.deadline == start + 85)
    }

    @Test mutating func ourOwnWordsAreNoAnswerToAPing() {
        _ = silence.tick(now: start + 55)
        silence.spoke(now: start + 60)
        #expect(silence.deadline == start + 65)
    }

    @Test mutating func anUnansweredPingTeachesOnce() {
        _ = silence.tick(now: start + 55)
        guard case .dead(learned: .some(let learned)) = silence.tick(now: start + 65) else {
            Issue.record("not dead")
            return
        }
        #expect(learned.intervalSeconds == 46)
        #expect(silence.end(silently: false, now: start + 65) == nil)
    }

    @Test mutating func aDeviceThatSleptPingsAtOnceAndLearnsNothingOfIt() {
        #expect(silence.tick(now: start + 4000) == .ping)
        #expect(silence.tick(now: start + 4010) == .dead(learned: nil))
    }

    @Test mutating func aProxyThatLosesPatienceTeaches() {
        _ = silence.tick(now: start + 55)
        _ = silence.heard(now: start + 55)
        #expect(silence.end(silently: true, now: start + 115)?.intervalSeconds == 55 * 0.95)
    }

    @Test mutating func aConnectionThatEndedWhileTheDeviceSleptTeachesNothing() {
        #expect(silence.end(silently: true, now: start + 4000) == nil)
    }

    @Test mutating func aNetworkThatAnswersThePingWithAResetTeaches() {
        _ = silence.tick(now: start + 55)
        #expect(silence.end(silently: true, now: start + 55)?.intervalSeconds == 46)
    }

    @Test mutating func aServerThatSaysGoodbyeTeachesNothing() {
        _ = silence.heard(now: start)
        #expect(silence.end(silently: false, now: start + 50) == nil)
    }

    @Test mutating func pingsOfThePushProtocolKeepTheirDistance() {
        let allowed = [0.0, 45, 46].map { seconds in
            let isAllowed = silence.doubt(now: start + seconds)
            _ = silence.heard(now: start + seconds)
            return isAllowed
        }
        #expect(allowed == [true, false, true])
    }

    @Test mutating func aDoubtThatIsAnsweredTeachesNothing() {
        _ = silence.doubt(now: start + 55)
        #expect(silence.heard(now: start + 56) == nil)
    }
}
