import Foundation
import PushProviders
import Synchronization
import Testing

@Suite struct AccessTokenCacheTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)
    private typealias Answer = Result<AccessTokenCache.AccessToken, AccessTokenCache.Refusal>

    /// Counts how often it is asked.
    private final class Source: Sendable {
        private let count = Atomic(0)
        private let lifetimeSeconds: Double
        private let refusal: Mutex<AccessTokenCache.Refusal?>

        init(lifetimeSeconds: Double = 3600, refusal: AccessTokenCache.Refusal? = nil) {
            self.lifetimeSeconds = lifetimeSeconds
            self.refusal = Mutex(refusal)
        }

        var asked: Int { count.load(ordering: .relaxed) }
        func mend() { refusal.withLock { $0 = nil } }

        func fetch(_ now: Date) async -> Result<AccessTokenCache.AccessToken, AccessTokenCache.Refusal> {
            let number = count.add(1, ordering: .relaxed).newValue
            await Task.yield()
            if let refusal = refusal.withLock({ $0 }) { return .failure(refusal) }
            return .success(.init(value: "t\(number)", expiresAt: now.addingTimeInterval(lifetimeSeconds)))
        }
    }

    private func value(_ answer: Answer) -> String? { try? answer.get().value }

    @Test func howeverManyWaitOneAsks() async {
        let source = Source()
        let cache = AccessTokenCache { await source.fetch($0) }
        let values = await withTaskGroup(of: String?.self) { group in
            for _ in 0..<100 { group.addTask { value(await cache.token(now: now)) } }
            return await group.reduce(into: Set<String?>()) { $0.insert($1) }
        }
        #expect(values == ["t1"] && source.asked == 1)
    }

    @Test func aTokenIsRenewedBeforeItEnds() async {
        let source = Source()
        let cache = AccessTokenCache(marginSeconds: 300) { await source.fetch($0) }
        #expect(value(await cache.token(now: now)) == "t1")
        #expect(value(await cache.token(now: now.addingTimeInterval(3299))) == "t1")
        #expect(value(await cache.token(now: now.addingTimeInterval(3301))) == "t2")
    }

    @Test func afterANoNobodyAsksForAWhile() async {
        let source = Source(refusal: .init(isPermanent: true, reason: "no"))
        let cache = AccessTokenCache { await source.fetch($0) }
        for seconds in [0.0, 1, 9] {
            #expect(await cache.token(now: now.addingTimeInterval(seconds)) == .failure(.init(isPermanent: true, reason: "no")))
        }
        #expect(source.asked == 1)
        source.mend()
        #expect(value(await cache.token(now: now.addingTimeInterval(11))) == "t2")
    }

    @Test func aForgottenTokenIsReplacedAndANewerOneIsNotForgotten() async throws {
        let source = Source()
        let cache = AccessTokenCache { await source.fetch($0) }
        let first = try await cache.token(now: now).get()
        cache.forget(first)
        let second = try await cache.token(now: now).get()
        #expect(second.value == "t2")
        cache.forget(first)
        #expect(value(await cache.token(now: now)) == "t2")
    }

    @Test func whoGivesUpDoesNotTakeTheTokenFromTheOthers() async {
        let source = Source()
        let cache = AccessTokenCache { await source.fetch($0) }
        let impatient = Task { await cache.token(now: now) }
        impatient.cancel()
        _ = await impatient.value
        #expect(value(await cache.token(now: now)) == "t1" && source.asked == 1)
    }
}
