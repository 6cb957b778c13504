import Testing

@testable import PushServer

@Suite struct RateTableTests {
    private let start = ContinuousClock.now
    private let limit = RateLimit(name: "test", requestsPerSecond: 10, burst: 5)

    private func after(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    @Test func aBurstPassesAndThenTheRate() {
        var table = RateTable<String>(limit, askerLimit: 100)
        let verdicts = (0..<6).map { _ in table.take("a", now: start) }
        #expect(verdicts.map(\.remaining) == [4, 3, 2, 1, 0, 0])
        #expect(verdicts.map { $0.wait == nil } == [true, true, true, true, true, false])
        #expect(verdicts[5].wait == .seconds(0.1), "one comes back every tenth of a second")
        #expect(table.take("a", now: after(0.1)).wait == nil)
        #expect(table.take("a", now: after(0.1)).wait != nil)
    }

    @Test func inTheLongRunTheRateIsKept() {
        var table = RateTable<String>(limit, askerLimit: 100)
        let passed = (0..<3000).count { table.take("a", now: after(Double($0) / 100)).wait == nil }
        #expect((304...305).contains(passed), "30 seconds at 10 a second, and the burst: \(passed)")
    }

    @Test func whatWasRefusedCostsNothing() {
        var table = RateTable<String>(limit, askerLimit: 100)
        for _ in 0..<1000 { _ = table.take("a", now: start) }
        #expect(table.take("a", now: after(0.5)).remaining == 4)
    }

    @Test func whatIsGivenBackIsThereAgain() {
        var table = RateTable<String>(limit, askerLimit: 100)
        for _ in 0..<1000 {
            #expect(table.take("a", now: start).wait == nil)
            table.giveBack("a")
        }
        table.giveBack("nobody")
        #expect(table.count == 1)
    }

    @Test func askersAreApart() {
        var table = RateTable<String>(limit, askerLimit: 100)
        for _ in 0..<5 { _ = table.take("a", now: start) }
        #expect(table.take("a", now: start).wait != nil)
        #expect(table.take("b", now: start).wait == nil)
    }

    @Test func theTableIsBoundedAndForgetsThoseFirstWhoAskedLeast() {
        var table = RateTable<Int>(limit, askerLimit: 100)
        for _ in 0..<5 { _ = table.take(-1, now: start) }
        for asker in 0..<10_000 {
            _ = table.take(asker, now: start)
            #expect(table.count <= 100)
        }
        #expect(table.take(-1, now: start).wait != nil, "whoever used everything is remembered")
        _ = table.take(10_001, now: after(60))
        for asker in 0..<99 { _ = table.take(asker, now: after(60)) }
        #expect(table.count <= 100)
    }

    @Test func theFieldsSayWhatTheDraftSays() {
        var table = RateTable<String>(RateLimit(name: "register", requestsPerSecond: 10, burst: 100), askerLimit: 100)
        let verdict = table.take("a", now: start)
        #expect(verdict.policy == "\"register\";q=100;w=10")
        #expect(verdict.state == "\"register\";r=99;t=1", "rounded up, so that who waits as long has waited enough")
    }

    @Test func slowRatesKeepTheirFractions() {
        var table = RateTable<String>(RateLimit(name: "slow", requestsPerSecond: 1.0 / 3, burst: 3), askerLimit: 100)
        #expect((0..<4).map { _ in table.take("a", now: start).remaining } == [2, 1, 0, 0])
        #expect(table.take("a", now: start).wait?.wholeSeconds == 3)
    }
}
