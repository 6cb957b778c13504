import Testing

@testable import PushStorage

@Suite struct PatienceTests {
    private let start = ContinuousClock.now

    private func instant(_ seconds: Int) -> ContinuousClock.Instant { start + .seconds(seconds) }

    @Test func whileTheServerRunsEachHasItsOwn() {
        let patience = Patience()
        patience.end()
        #expect(!patience.isGivenUp, "an answer that doesn't come says nothing of the next")
        #expect(patience.deadline(instant(17), since: start) == instant(17))
    }

    @Test func aStopLeavesThreeSecondsToThoseThatWaitAndThoseThatCome() {
        let patience = Patience()
        patience.hurry(now: instant(10))
        patience.hurry(now: instant(12))
        #expect(patience.deadline(instant(17), since: start) == instant(13), "counted from the stop")
        #expect(patience.deadline(instant(28), since: instant(11)) == instant(14), "counted from the question")
        #expect(patience.deadline(instant(12), since: start) == instant(12), "never more than without a stop")
    }

    @Test func whatOneFoundOutAllKnow() {
        let patience = Patience()
        patience.hurry(now: instant(10))
        patience.end()
        #expect(patience.isGivenUp)
        #expect(patience.deadline(instant(28), since: instant(11)) <= instant(11))
    }
}
