import Foundation
import PushTesting
import Testing

@testable import PushSender

@Suite struct CircuitBreakerTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)
    private var breaker = CircuitBreaker(.init())
    private var random = SeededGenerator(seed: 1)

    private mutating func observe(_ answered: Int, _ failed: Int, at seconds: Double = 0, notBefore: Double? = nil) -> Date? {
        breaker.observe(
            answered: answered, failed: failed, notBefore: notBefore.map { start.addingTimeInterval($0) },
            now: start.addingTimeInterval(seconds), random: &random)
    }

    private mutating func expectNoOpening(_ answered: Int, _ failed: Int, at seconds: Double = 0) {
        let opened = observe(answered, failed, at: seconds)
        #expect(opened == nil)
    }

    private mutating func expectPermit(_ wanted: Int, at seconds: Double, _ expected: Int, _ why: Comment? = nil) {
        let permitted = breaker.permit(wanted, now: start.addingTimeInterval(seconds))
        #expect(permitted == expected, why)
    }

    @Test mutating func aFewFailuresAreNoVerdict() {
        expectNoOpening(0, 19)
        expectPermit(500, at: 0, 500)
    }

    @Test mutating func mostlyAnsweredStaysClosed() {
        expectNoOpening(21, 79)
        let opened = observe(1, 19)
        #expect(opened != nil, "and what was answered long ago doesn't count for ever")
    }

    @Test mutating func itOpensForATimeThatJitters() throws {
        let opened = observe(0, 20)
        let until = try #require(opened)
        #expect((1.0...2.0).contains(until.timeIntervalSince(start)))
        expectPermit(500, at: 0.9, 0)
        #expect(breaker.closedAgain(now: start) == until)
    }

    @Test mutating func theFarSidesOwnMomentIsObeyed() throws {
        let opened = observe(0, 20, notBefore: 900)
        let until = try #require(opened)
        #expect(until >= start.addingTimeInterval(900))
    }

    @Test mutating func aProbeOfAFewGoesFirstAndAlone() {
        _ = observe(0, 20)
        expectPermit(500, at: 3, 10)
        expectPermit(500, at: 3, 0, "while the probe is on its way")
        expectNoOpening(10, 0, at: 4)
        expectPermit(500, at: 4, 500)
    }

    @Test mutating func eachFailedProbeWaitsLongerUpToTheCap() throws {
        var now = 0.0
        let first = observe(0, 20)
        var last = try #require(first).timeIntervalSince(start)
        for opening in 2...20 {
            now = last + 0.001
            expectPermit(500, at: now, 10)
            let opened = observe(0, 10, at: now)
            let until = try #require(opened).timeIntervalSince(start)
            let ceiling = min(300, 2 * pow(2, Double(opening - 1)))
            #expect((ceiling / 2...ceiling).contains(until - now), "opening \(opening)")
            last = until
        }
    }

    @Test mutating func lateNewsOfTheOldTroubleIsNoNews() {
        let until = observe(0, 20)
        #expect(until != nil)
        expectNoOpening(0, 400, at: 0.5)
        #expect(breaker.closedAgain(now: start) == until)
    }

    @Test mutating func aProbeThatIsNeverHeardOfIsGivenUp() {
        _ = observe(0, 20)
        expectPermit(500, at: 3, 10)
        expectPermit(500, at: 32, 0)
        expectPermit(500, at: 34, 10)
    }
}

@Suite struct TokenBucketTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)

    @Test func whoTakesAheadTakesOnlyWhatIsThere() {
        var bucket = TokenBucket(perSecond: 100)
        #expect(bucket.take(1, upTo: 60, now: start).taken == 60)
        #expect(bucket.take(1, upTo: 60, now: start).taken == 40, "no debt for what nobody needs yet")
        #expect(bucket.take(1, upTo: 60, now: start).taken == 0)
        #expect(bucket.take(1, upTo: 60, now: start.addingTimeInterval(0.1)).taken == 10)
    }

    @Test func aPageGoesWholeAndTheDebtIsWaitedFor() throws {
        var bucket = TokenBucket(perSecond: 100)
        #expect(bucket.take(500, now: start) == nil)
        let refused = bucket.take(1, now: start)
        let again = try #require(refused)
        #expect(abs(again.timeIntervalSince(start) - 4) < 0.01, "100 were in it, 400 are owed")
        #expect(bucket.take(1, now: again.addingTimeInterval(0.01)) == nil)
    }

    @Test func overALongTimeTheRateHolds() {
        var bucket = TokenBucket(perSecond: 50)
        var sent = 0
        for tick in 0..<10_000 where bucket.take(7, now: start.addingTimeInterval(Double(tick) / 100)) == nil { sent += 7 }
        #expect((4900...5150).contains(sent), "100 seconds at 50 a second, and one second's burst: \(sent)")
    }
}

@Suite struct DeadTokenBreakerTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    @Test func aFewMayAlwaysDie() {
        var breaker = DeadTokenBreaker(.init(share: 0.3, minimumDead: 30))
        #expect(breaker.judge(attempts: 30, dead: 30, now: now).mayDisable)
    }

    @Test func tooLargeAShareDisablesNobodyAndIsToldOnce() {
        var breaker = DeadTokenBreaker(.init(share: 0.3, minimumDead: 30))
        #expect(breaker.judge(attempts: 200, dead: 40, now: now) == (true, false))
        #expect(breaker.judge(attempts: 100, dead: 60, now: now) == (false, true))
        #expect(breaker.judge(attempts: 500, dead: 1, now: now) == (false, false))
    }

    @Test func afterItsWindowItStartsAnew() {
        var breaker = DeadTokenBreaker(.init(share: 0.3, minimumDead: 30, windowSeconds: 600))
        _ = breaker.judge(attempts: 100, dead: 100, now: now)
        #expect(breaker.isTripped)
        #expect(breaker.judge(attempts: 100, dead: 5, now: now.addingTimeInterval(601)) == (true, false))
    }

    @Test func aShareOfOneSwitchesItOff() {
        var breaker = DeadTokenBreaker(.init(share: 1, minimumDead: 0))
        #expect(breaker.judge(attempts: 1000, dead: 1000, now: now).mayDisable)
    }
}

@Suite struct FarSideGateTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func closing(_ outcomes: [Outcome]) -> FarSideGate.Closing? {
        var gate = FarSideGate(.init())
        var random = SeededGenerator(seed: 1)
        var tally = OutcomeTally()
        for outcome in outcomes { tally.add(outcome) }
        return gate.observe(tally, retry: RetryPolicy(), now: now, random: &random)
    }

    @Test func oneRefusalOfCredentialsClosesIt() throws {
        let outcomes: [Outcome] = [.accepted(id: nil), .unauthorized(problem: "key")]
        guard case .unauthorized(let until, "key")? = closing(outcomes) else {
            Issue.record("it is open")
            return
        }
        #expect((60...120).contains(until.timeIntervalSince(now)))
    }

    @Test func theSameRefusalIsToldOnce() {
        var gate = FarSideGate(.init())
        var random = SeededGenerator(seed: 1)
        var tally = OutcomeTally()
        tally.add(.unauthorized(problem: "key"))
        let closings = [0.0, 0.1, 200].map { seconds in
            gate.observe(tally, retry: RetryPolicy(), now: now.addingTimeInterval(seconds), random: &random)
        }
        #expect(closings[0] != nil && closings[1] == nil && closings[2] != nil)
    }

    @Test func aBusyDeviceIsItsOwnAffair() {
        #expect(closing([.throttled(until: nil)]) == nil)
        #expect(closing(Array(repeating: .throttled(until: nil), count: 9) + Array(repeating: .accepted(id: nil), count: 9)) == nil)
    }

    @Test func whenMostAreThrottledEverybodyWaits() {
        let until = now.addingTimeInterval(60)
        let outcomes = Array(repeating: Outcome.throttled(until: until), count: 9) + [.accepted(id: nil)]
        guard case .throttled(let closedUntil)? = closing(outcomes) else {
            Issue.record("it is open")
            return
        }
        #expect(closedUntil >= until)
    }
}
