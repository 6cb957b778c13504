import Foundation
import PushTesting
import Testing
import WebPush

@testable import PushSender

/// Every outcome, as a first attempt and as a retry: which counter, which row, and that the counters add up.
@Suite struct SettlementTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)
    private let device = DeviceID(rawValue: "d")

    private func push(ttlSeconds: Int = 3600, attempts: Int? = nil) -> Push {
        var options = PushOptions()
        options.attempts = attempts
        return Push(
            id: PushID(rawValue: "p"), app: .default, audience: .everyone, notification: Notification(title: "t"),
            policy: PushPolicy(ttl: TTL(seconds: ttlSeconds)), options: options, createdAt: now)
    }

    private func settle(
        _ outcome: Outcome, attemptsBefore: Int = 0, ttlSeconds: Int = 3600, attempts: Int? = nil, mayDisable: Bool = true
    ) -> PageRecord {
        var settlement = PageSettlement(
            push(ttlSeconds: ttlSeconds, attempts: attempts), lane: Lane(app: .default, provider: .webPush), source: .retries,
            policy: RetryPolicy(), now: now)
        var random = SeededGenerator(seed: 1)
        settlement.settle(
            .init(device: device, attempts: attemptsBefore, isWaiting: attemptsBefore > 0), outcome, startedAt: now,
            mayDisable: mayDisable, random: &random)
        return settlement.record
    }

    @Test func acceptedCountsAndLeavesNothing() {
        let record = settle(.accepted(id: "x"))
        #expect(record.counters.accepted == 1 && record.counters.total == 1)
        #expect(record.failures.isEmpty && record.postponed.isEmpty && record.settled.isEmpty)
    }

    @Test func whatCameToAnEndIsCountedByPlatform() {
        var settlement = PageSettlement(
            push(), lane: Lane(app: .default, provider: .webPush), source: .retries, policy: RetryPolicy(), now: now)
        var random = SeededGenerator(seed: 1)
        for (platform, outcome) in [
            ("ios", Outcome.accepted(id: nil)), ("ios", .rejected(reason: "r")), ("web", .unregistered(since: nil)),
            (nil, .accepted(id: nil)), ("android", .throttled(until: nil)),
        ] {
            settlement.settle(
                .init(device: device, attempts: 0, isWaiting: false, platform: platform), outcome, startedAt: now, mayDisable: true,
                random: &random)
        }
        let report = settlement.report(at: now.addingTimeInterval(2))
        #expect(report.seconds == 2 && report.push == push() && report.counters == settlement.record.counters)
        #expect(Set(report.byPlatform.keys) == ["ios", "web", ""])
        #expect(report.byPlatform["ios"]?.accepted == 1 && report.byPlatform["ios"]?.failed == 1)
        #expect(report.byPlatform["web"]?.unregistered == 1 && report.byPlatform[""]?.accepted == 1)
        #expect(PageSettlement.Target(device: device, attempts: 1, isWaiting: false, platform: "ios").waiting.platform == "ios")
    }

    @Test func onlyUnregisteredDisablesADevice() {
        let outcomes: [Outcome] = [
            .accepted(id: nil), .replaced(token: Token(address: "n")), .rejected(reason: "r"), .throttled(until: nil),
            .unavailable(until: nil, reason: "r"), .unauthorized(problem: "p"),
        ]
        for outcome in outcomes { #expect(settle(outcome).dead.isEmpty, "\(outcome)") }
        let since = now.addingTimeInterval(-100)
        #expect(settle(.unregistered(since: since)).dead == [.init(device: device, asOf: since)])
        #expect(settle(.unregistered(since: nil)).dead == [.init(device: device, asOf: now)])
    }

    @Test func aReplacedTokenIsRememberedAndCountsAsAccepted() {
        let record = settle(.replaced(token: Token(address: "new")))
        #expect(record.moved == [.init(device: device, token: Token(address: "new"))])
        #expect(record.counters.accepted == 1)
    }

    @Test func whatMayWorkLaterWaits() {
        for outcome in [Outcome.throttled(until: nil), .unavailable(until: nil, reason: "r")] {
            let record = settle(outcome, attemptsBefore: 2)
            #expect(record.postponed.map(\.attempts) == [3], "\(outcome)")
            #expect(record.counters.retrying == 0, "one waits still, as before")
            #expect(record.settled.isEmpty)
        }
    }

    @Test func aPushThatMayBeTriedSoOftenIsTriedNoMore() {
        for outcome in [Outcome.throttled(until: nil), .unavailable(until: nil, reason: "r")] {
            #expect(settle(outcome, attemptsBefore: 1, attempts: 3).postponed.map(\.attempts) == [2])
            let record = settle(outcome, attemptsBefore: 2, attempts: 3)
            #expect(record.postponed.isEmpty && record.counters.failed == 1 && record.failures.map(\.kind) == [.failed])
        }
        #expect(settle(.unauthorized(problem: "p"), attemptsBefore: 2, attempts: 3).postponed.count == 1)
    }

    @Test func refusedCredentialsBurnNoAttempt() {
        #expect(settle(.unauthorized(problem: "p"), attemptsBefore: 4).postponed.map(\.attempts) == [4])
        #expect(settle(.unauthorized(problem: "p")).postponed.map(\.attempts) == [0])
    }

    @Test func aDoubtfulNoDisablesNobodyAndSaysSo() {
        let record = settle(.unregistered(since: nil), mayDisable: false)
        #expect(record.dead.isEmpty)
        #expect(record.counters.unregistered == 1 && record.counters.total == 1)
        #expect(record.failures.first?.reason.contains("stays active") == true)
    }

    @Test func whatIsInTheAirHoldsItsPlaceUnderTheLease() {
        var settlement = PageSettlement(
            push(), lane: Lane(app: .default, provider: .webPush), source: .retries, policy: RetryPolicy(), now: now)
        let leaseUntil = now.addingTimeInterval(60)
        settlement.leaveInFlight(.init(device: device, attempts: 0, isWaiting: false), leaseUntil: leaseUntil)
        #expect(settlement.record.postponed == [.init(device: device, attempts: 0, dueAt: now, leaseUntil: leaseUntil)])
        #expect(settlement.record.counters.retrying == 1 && settlement.record.counters.total == 1)
        var again = PageSettlement(
            push(), lane: Lane(app: .default, provider: .webPush), source: .retries, policy: RetryPolicy(), now: now)
        again.leaveInFlight(.init(device: device, attempts: 2, isWaiting: true), leaseUntil: leaseUntil)
        #expect(again.record.postponed.isEmpty && again.record.counters.total == 0, "its row is held already")
    }

    @Test func theProvidersMomentIsObeyed() {
        let until = now.addingTimeInterval(500)
        let due = settle(.throttled(until: until)).postponed.first?.dueAt
        #expect(due.map { $0 >= until } == true)
    }

    @Test func noAttemptIsPlannedPastTheTTL() {
        let record = settle(.throttled(until: now.addingTimeInterval(4000)), attemptsBefore: 1)
        #expect(record.counters.expired == 1 && record.counters.retrying == -1)
        #expect(record.failures.first?.kind == .expired)
        #expect(record.settled == [device])
    }

    @Test func nowOrNeverIsNotTriedAgain() {
        #expect(settle(.unavailable(until: nil, reason: "r"), ttlSeconds: 0).counters.expired == 1)
    }

    @Test func aRetryThatEndsIsSettled() {
        let record = settle(.rejected(reason: "too old"), attemptsBefore: 1)
        #expect(record.settled == [device])
        #expect(record.counters.failed == 1 && record.counters.retrying == -1 && record.counters.total == 0)
        #expect(record.failures.map(\.reason) == ["too old"])
    }
}

@Suite struct RetryPolicyTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    @Test func delaysGrowWithFullJitterUpToTheCap() {
        let policy = RetryPolicy(baseSeconds: 2, capSeconds: 60)
        var random = SeededGenerator(seed: 7)
        for (attempts, ceiling) in [(1, 2.0), (2, 4.0), (5, 32.0), (6, 60.0), (40, 60.0)] {
            let delays = (0..<200).map { _ in
                policy.nextAttempt(after: attempts, notBefore: nil, now: now, random: &random).timeIntervalSince(now)
            }
            #expect(delays.allSatisfy { (0...ceiling).contains($0) })
            #expect((delays.max() ?? 0) > ceiling * 0.9 && (delays.min() ?? 1) < ceiling * 0.1, "jitter is full")
        }
    }

    @Test func aMomentInThePastIsNow() {
        var random = SeededGenerator(seed: 1)
        let due = RetryPolicy().nextAttempt(
            after: 1, notBefore: now.addingTimeInterval(-900), now: now, random: &random)
        #expect(due >= now)
    }
}

@Suite struct PushTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func push(ttlSeconds: Int) -> Push {
        Push(
            id: PushID(rawValue: "p"), app: .default, audience: .everyone, notification: Notification(title: "t"),
            policy: PushPolicy(ttl: TTL(seconds: ttlSeconds)), createdAt: now)
    }

    @Test func whatIsLeftOfTheTTLShrinksAndNeverReachesZeroWhileAlive() {
        let push = push(ttlSeconds: 10)
        #expect(push.remainingTTL(at: now) == TTL(seconds: 10))
        #expect(push.remainingTTL(at: now.addingTimeInterval(9.5)) == TTL(seconds: 1))
        #expect(!push.isExpired(at: now.addingTimeInterval(9.9)))
        #expect(push.isExpired(at: now.addingTimeInterval(10)))
        #expect(push.remainingTTL(at: now.addingTimeInterval(10.1)) == TTL(seconds: 1), "0 would mean: now or never")
    }

    @Test func nowOrNeverGetsItsOneAttempt() {
        let push = push(ttlSeconds: 0)
        #expect(!push.isExpired(at: now.addingTimeInterval(1)))
        #expect(push.isExpired(at: now.addingTimeInterval(60)))
        #expect(push.remainingTTL(at: now) == TTL(seconds: 0))
    }

    @Test func idsSortByTimeAndAreUUIDsOfVersion7() {
        var random = SeededGenerator(seed: 3)
        let ids = (0..<100).map { PushID(now: now.addingTimeInterval(Double($0)), random: &random).rawValue }
        #expect(ids == ids.sorted())
        #expect(Set(ids).count == 100)
        for id in ids {
            #expect(UUID(uuidString: id) != nil)
            #expect(Array(id)[14] == "7")
            #expect("89ab".contains(Array(id)[19]))
        }
    }
}

@Suite struct SliceTests {
    private func slice(first: Int = 0, last: Int = 1023, cursorShard: Int? = nil) -> Slice {
        Slice(
            id: 1, push: PushID(rawValue: "p"), lane: Lane(app: .default, provider: .webPush), range: ShardRange(first: first, last: last),
            cursor: cursorShard.map { DeviceCursor(shard: $0, device: DeviceID(rawValue: "d")) })
    }

    @Test func splittingKeepsTheCursorsShardAndLosesNone() {
        for (first, last, cursor) in [(0, 1023, nil), (0, 1023, 500), (10, 13, 10), (0, 2, 0)] as [(Int, Int, Int?)] {
            var kept = slice(first: first, last: last, cursorShard: cursor)
            guard let given = kept.split() else {
                Issue.record("\(first)…\(last) at \(cursor ?? -1) can be shared")
                continue
            }
            #expect(kept.range.first == first && given.last == last)
            #expect(kept.range.last + 1 == given.first)
            #expect(kept.range.last >= (cursor ?? first), "the shard under the cursor stays whole")
        }
    }

    @Test func theLastShardIsNotShared() {
        var nearlyDone = slice(first: 0, last: 1023, cursorShard: 1022)
        #expect(nearlyDone.split() == nil)
        #expect(nearlyDone.range.last == 1023)
    }

    @Test func shardsHoldEqualShares() {
        var random = SeededGenerator(seed: 5)
        var counts = Array(repeating: 0, count: ShardRange.shardCount)
        for _ in 0..<102_400 {
            counts[DeviceID(now: Date(timeIntervalSince1970: 1_800_000_000), random: &random).shard] += 1
        }
        #expect(counts.allSatisfy { (40...180).contains($0) }, "100 each, \(counts.min() ?? 0) to \(counts.max() ?? 0)")
    }
}
