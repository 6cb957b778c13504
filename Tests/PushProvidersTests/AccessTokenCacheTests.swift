import Foundation
import PushProviders
import Synchronization
import Testing

@Suite struct AccessTokenCacheTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)
    private func after(_ seconds: Double) -> Date { start.addingTimeInterval(seconds) }

    /// Gives `t1`, `t2`, … and counts how often it is asked. Held, it answers only once it is let go.
    private final class Source: Sendable {
        private struct State {
            var asked = 0
            var refusal: AccessTokenCache.Refusal?
            var wasCancelled = false
        }

        private let state: Mutex<State>
        private let lifetimeSeconds: Double
        private let isHeld: Bool
        private let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
        private let (departures, departed) = AsyncStream.makeStream(of: Void.self)

        init(lifetimeSeconds: Double = 3600, refusal: AccessTokenCache.Refusal? = nil, isHeld: Bool = false) {
            self.lifetimeSeconds = lifetimeSeconds
            self.isHeld = isHeld
            state = Mutex(State(refusal: refusal))
        }

        var asked: Int { state.withLock { $0.asked } }
        var wasCancelled: Bool { state.withLock { $0.wasCancelled } }
        func refuse(_ refusal: AccessTokenCache.Refusal?) { state.withLock { $0.refusal = refusal } }
        /// Until somebody asks.
        func isAsked() async { for await _ in arrivals { return } }
        func letGo() { departed.yield() }

        func fetch(_ now: Date) async -> AccessTokenCache.Answer {
            let (number, refusal) = state.withLock { state in
                state.asked += 1
                return (state.asked, state.refusal)
            }
            arrived.yield()
            if isHeld { for await _ in departures { break } } else { await Task.yield() }
            if Task.isCancelled { state.withLock { $0.wasCancelled = true } }
            return refusal.map { .failure($0) } ?? .success(.init(value: "t\(number)", expiresAt: now.addingTimeInterval(lifetimeSeconds)))
        }
    }

    private static let no = AccessTokenCache.Refusal(isPermanent: true, field: "private_key", reason: "no")

    private func cache(_ source: Source, marginSeconds: Double = 300) -> AccessTokenCache {
        AccessTokenCache(marginSeconds: marginSeconds) { await source.fetch($0) }
    }

    private func value(_ answer: AccessTokenCache.Answer) -> String? { try? answer.get().value }

    // MARK: One asks

    @Test func howeverManyWaitOneAsks() async {
        let source = Source()
        let cache = cache(source)
        let values = await withTaskGroup(of: String?.self) { group in
            for _ in 0..<100 { group.addTask { value(await cache.token(now: start)) } }
            return await group.reduce(into: Set<String?>()) { $0.insert($1) }
        }
        #expect(values == ["t1"] && source.asked == 1)
    }

    @Test func whoGivesUpDoesNotTakeTheTokenFromTheOthers() async {
        let source = Source(isHeld: true)
        let cache = cache(source)
        let impatient = Task { await cache.token(now: start) }
        await source.isAsked()
        impatient.cancel()
        let patient = Task { await cache.token(now: start) }
        source.letGo()
        #expect(value(await patient.value) == "t1")
        #expect(value(await impatient.value) == "t1")
        #expect(source.asked == 1 && !source.wasCancelled)
    }

    // MARK: Renewal

    @Test func aTokenIsRenewedBeforeItEnds() async {
        let source = Source()
        let cache = cache(source)
        for (seconds, expected) in [(0.0, "t1"), (3299, "t1"), (3301, "t2"), (3301 + 3299, "t2"), (3301 + 3301, "t3")] {
            #expect(value(await cache.token(now: after(seconds))) == expected)
        }
    }

    @Test func aShortLivedTokenServesHalfItsLife() async {
        let cache = cache(Source(lifetimeSeconds: 60))
        for (seconds, expected) in [(0.0, "t1"), (29, "t1"), (31, "t2")] {
            #expect(value(await cache.token(now: after(seconds))) == expected)
        }
    }

    @Test func whileOneRenewsTheOthersGoOnWithTheOldToken() async {
        let source = Source(isHeld: true)
        let cache = cache(source)
        source.letGo()
        #expect(value(await cache.token(now: start)) == "t1")
        await source.isAsked()
        let renewing = Task { await cache.token(now: after(3400)) }
        await source.isAsked()
        #expect(value(await cache.token(now: after(3400))) == "t1")
        source.letGo()
        #expect(value(await renewing.value) == "t2")
        #expect(value(await cache.token(now: after(3400))) == "t2" && source.asked == 2)
    }

    @Test func whenRenewingFailsTheOldTokenServesToItsEnd() async {
        let source = Source()
        let cache = cache(source)
        _ = await cache.token(now: start)
        source.refuse(.init(isPermanent: false, reason: "down"))
        #expect(value(await cache.token(now: after(3400))) == "t1", "who asked gets the old one")
        #expect(value(await cache.token(now: after(3405))) == "t1", "and so do the others, without asking")
        #expect(source.asked == 2)
        #expect(value(await cache.token(now: after(3580))) == "t1" && source.asked == 3)
        #expect(value(await cache.token(now: after(3586))) == nil, "it could end on its way")
    }

    // MARK: A no

    @Test func afterANoNobodyAsksForAWhile() async {
        let source = Source(refusal: Self.no)
        let cache = cache(source)
        for seconds in [0.0, 1, 9, -1] { #expect(await cache.token(now: after(seconds)) == .failure(Self.no)) }
        #expect(source.asked == 1)
        source.refuse(nil)
        #expect(value(await cache.token(now: after(11))) == "t2")
    }

    @Test func aClockThatIsPutBackDoesNotProlongThePause() async {
        let source = Source(refusal: Self.no)
        let cache = cache(source)
        _ = await cache.token(now: start)
        source.refuse(nil)
        #expect(value(await cache.token(now: after(-3600))) == "t2")
    }

    @Test func aNoIsForgottenWithTheNextToken() async throws {
        let source = Source(refusal: Self.no)
        let cache = cache(source)
        _ = await cache.token(now: start)
        source.refuse(nil)
        cache.forget(try await cache.token(now: after(11)).get())
        #expect(value(await cache.token(now: after(5))) == "t3")
    }

    // MARK: Forgetting

    @Test func aForgottenTokenIsReplacedAndANewerOneIsNotForgotten() async throws {
        let cache = cache(Source())
        let first = try await cache.token(now: start).get()
        cache.forget(first)
        #expect(value(await cache.token(now: start)) == "t2")
        cache.forget(first)
        #expect(value(await cache.token(now: start)) == "t2")
    }

    @Test func aForgottenTokenIsNotUsedEvenWhenNoOtherIsToBeHad() async throws {
        let source = Source()
        let cache = cache(source)
        cache.forget(try await cache.token(now: start).get())
        source.refuse(Self.no)
        #expect(await cache.token(now: start) == .failure(Self.no))
    }

    @Test func aTokenForgottenWhileItIsRenewedDoesNotComeBack() async throws {
        let source = Source(isHeld: true)
        let cache = cache(source)
        source.letGo()
        let first = try await cache.token(now: start).get()
        await source.isAsked()
        source.refuse(Self.no)
        let renewing = Task { await cache.token(now: after(3400)) }
        await source.isAsked()
        cache.forget(first)
        source.letGo()
        #expect(await renewing.value == .failure(Self.no))
    }
}
