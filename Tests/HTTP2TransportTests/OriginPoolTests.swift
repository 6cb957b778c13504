import HTTPTransport
import Testing

@testable import HTTP2Transport

@Suite struct OriginPoolTests {
    private let now = ContinuousClock.now
    private var settings = HTTP2TransportSettings()
    private let unreachable = TransportError(.unreachable, "nobody there")

    private func run(_ count: Int, within deadline: Duration = .seconds(15)) -> Run {
        let request = TransportRequest(url: "https://h/", headers: [], body: [])
        let batch = Batch(Array(repeating: request, count: count), deadline: now + deadline) { _, _ in }
        return Run(batch: batch, indices: 0..<count, originLength: 9)
    }

    /// A pool with one connection of `streams` streams.
    private func pool(streams: Int) -> (OriginPool, ConnectionID) {
        var pool = OriginPool(settings: settings)
        let plan = pool.enqueue([run(1)], now: now)
        pool.connected(plan.connect[0], available: streams)
        _ = pool.take(plan.connect[0], available: streams)
        _ = pool.take(plan.connect[0], available: streams)
        return (pool, plan.connect[0])
    }

    @Test func theFirstRequestOpensAConnectionAndWaitsForIt() {
        var pool = OriginPool(settings: settings)
        let plan = pool.enqueue([run(3)], now: now)
        #expect(plan.connect.count == 1)
        #expect(plan.tickAt == now + .seconds(15))
        #expect(pool.enqueue([run(3)], now: now).connect.isEmpty, "the one that is being opened will do")
        pool.connected(plan.connect[0], available: 5)
        #expect(pool.take(plan.connect[0], available: 5).map(\.indices) == [0..<3, 0..<2])
        #expect(pool.take(plan.connect[0], available: 5).map(\.indices) == [2..<3])
    }

    @Test func aBatchWakesOnlyAsManyConnectionsAsItNeeds() {
        var (pool, id) = pool(streams: 100)
        #expect(pool.enqueue([run(10)], now: now).wake == [id])
        #expect(pool.enqueue([run(10)], now: now).wake.isEmpty, "it is awake already")
        #expect(pool.enqueue([run(10)], now: now).connect.isEmpty)
    }

    @Test func moreConnectionsAreOpenedWhenTheStreamsAreTakenUpToTheLimit() {
        var (pool, _) = pool(streams: 100)
        #expect(pool.enqueue([run(1000)], now: now).connect.count == 3)
        #expect(pool.enqueue([run(1000)], now: now).connect.isEmpty)
    }

    @Test func afterAFailureRequestsFailAtOnceUntilThePauseIsOver() {
        var pool = OriginPool(settings: settings)
        let id = pool.enqueue([run(2)], now: now).connect[0]
        let plan = pool.closed(id, error: unreachable, now: now, jitter: 1)
        #expect(plan.fail.map(\.error.message) == ["nobody there"])
        #expect(pool.enqueue([run(1)], now: now + .milliseconds(99)).fail.count == 1)
        #expect(pool.enqueue([run(1)], now: now + .milliseconds(100)).connect.count == 1)
    }

    @Test func thePauseDoublesAndIsForgottenAfterAReply() {
        var backoff = ConnectBackoff(first: .milliseconds(100), limit: .seconds(1))
        for expected in [100, 200, 400, 800, 1000, 1000] {
            backoff.failed(unreachable, now: now, jitter: 1)
            #expect(backoff.until == now + .milliseconds(expected))
        }
        backoff.failed(unreachable, now: now, jitter: 0)
        #expect(backoff.until == now + .milliseconds(500), "half of it is left to chance")
        backoff.succeeded()
        #expect(backoff.refusal(now: now) == nil)
    }

    @Test func aFailedConnectionTakesNothingFromThoseThatWork() {
        var (pool, id) = pool(streams: 1)
        let plan = pool.enqueue([run(3)], now: now)
        #expect(plan.wake == [id])
        let after = pool.closed(plan.connect[0], error: unreachable, now: now, jitter: 1)
        #expect(after.fail.isEmpty)
        #expect(pool.take(id, available: 1).map(\.indices) == [0..<1])
    }

    @Test func whatOneConnectionRefusedAnotherTakes() {
        var (pool, first) = pool(streams: 10)
        _ = pool.enqueue([run(500)], now: now)
        _ = pool.take(first, available: 0)
        var refused = run(1)
        refused.refusedBy = first
        let taken = pool.take(first, available: 500)
        #expect(taken.map(\.indices) == [0..<500])
        _ = pool.takeBack([refused], now: now)
        #expect(pool.take(first, available: 10).isEmpty)
    }

    @Test func theOnlyConnectionMayTakeAgainWhatItRefused() {
        settingsOfOne { settings in
            var pool = OriginPool(settings: settings)
            let id = pool.enqueue([run(1)], now: now).connect[0]
            pool.connected(id, available: 10)
            var refused = pool.take(id, available: 10)[0]
            refused.refusedBy = id
            #expect(pool.takeBack([refused], now: now).wake == [id])
            #expect(pool.take(id, available: 10).count == 1)
        }
    }

    private func settingsOfOne(_ work: (HTTP2TransportSettings) -> Void) {
        var settings = settings
        settings.connectionsPerOrigin = 1
        work(settings)
    }

    @Test func whoWaitsTooLongIsToldSo() {
        var pool = OriginPool(settings: settings)
        _ = pool.enqueue([run(1, within: .seconds(1)), run(1, within: .seconds(5))], now: now)
        let plan = pool.tick(now: now + .seconds(1))
        #expect(plan.fail.map(\.error.code) == [.unreachable])
        #expect(plan.tickAt == now + .seconds(5))
    }

    @Test func aDrainingConnectionIsReplaced() {
        var (pool, id) = pool(streams: 10)
        #expect(pool.draining(id, now: now).connect.isEmpty, "nobody waits")
        #expect(pool.enqueue([run(1)], now: now).connect.count == 1)
        #expect(pool.take(id, available: 10).isEmpty)
    }

    @Test func anOriginWhoseConnectionsEndWithoutAnAnswerIsLeftAloneForAWhile() {
        var (pool, id) = pool(streams: 10)
        _ = pool.closed(id, error: nil, now: now, jitter: 1)
        #expect(pool.enqueue([run(1)], now: now).fail.map(\.error.code) == [.unreachable])
    }

    @Test func anOriginWhoseConnectionEndedAfterAnAnswerIsConnectedAgain() {
        var (pool, id) = pool(streams: 10)
        pool.proved(id)
        _ = pool.closed(id, error: nil, now: now, jitter: 1)
        #expect(pool.enqueue([run(1)], now: now).connect.count == 1)
    }

    @Test func anOriginWithoutHTTP2IsRememberedForAWhile() {
        var pool = OriginPool(settings: settings)
        let id = pool.enqueue([run(2)], now: now).connect[0]
        #expect(pool.speaksHTTP1(id, now: now).toHTTP1.map(\.indices) == [0..<2])
        #expect(pool.enqueue([run(1)], now: now + .seconds(599)).toHTTP1.count == 1)
        #expect(pool.enqueue([run(1)], now: now + .seconds(600)).connect.count == 1)
    }

    @Test func aCancelledBatchWaitsNoLonger() {
        var (pool, id) = pool(streams: 1)
        let (one, other) = (run(1), run(2))
        _ = pool.enqueue([one, other], now: now)
        #expect(pool.cancel(one.batch).map(\.indices) == [0..<1])
        #expect(pool.take(id, available: 10).map(\.indices) == [0..<2])
    }

    @Test func whatIsEmptyMayBeForgotten() {
        var pool = OriginPool(settings: settings)
        #expect(pool.isDisposable(now: now))
        let id = pool.enqueue([run(1)], now: now).connect[0]
        #expect(!pool.isDisposable(now: now))
        _ = pool.closed(id, error: unreachable, now: now, jitter: 1)
        #expect(!pool.isDisposable(now: now), "the pause has to be remembered")
        #expect(pool.isDisposable(now: now + .seconds(1)))
    }

    /// Any order of cuts and leftovers keeps the order and loses nothing.
    @Test(arguments: 1...5) func theLineLosesNothing(_ seed: UInt64) {
        var random = SplitMix(state: seed)
        var line = WaitingLine()
        var (added, taken) = (0, 0)
        for _ in 0..<2000 {
            if random.next() % 2 == 0 {
                let count = Int(random.next() % 50) + 1
                line.append(run(count))
                added += count
            } else {
                taken += line.take(Int(random.next() % 60), skipping: { _ in false }).reduce(0) { $0 + $1.indices.count }
            }
            #expect(line.count == added - taken)
        }
    }
}
