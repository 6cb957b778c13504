import Foundation
import PushSender
import PushStorage
import PushTesting
import Testing
import WebPush

/// When, how often, and not after all: from the intake to the provider, on a real database.
@Suite(.timeLimit(.minutes(1))) struct PolicyTests {
    private let engine: Engine
    private let provider = ScriptedProvider { _, _ in .accepted(id: nil) }

    init() throws { engine = try Engine() }

    private func accept(
        _ audience: Audience = .everyone, ttlSeconds: Int = 86_400, urgency: Urgency = .normal, collapseKey: String? = nil,
        _ ask: (inout PushOptions) -> Void = { _ in }
    ) async throws -> PushID {
        var options = PushOptions()
        ask(&options)
        return try await engine.intake(provider).accept(
            PushRequest(
                app: .default, audience: audience, notification: Notification(title: "t"),
                policy: PushPolicy(ttl: TTL(seconds: ttlSeconds), urgency: urgency, collapseKey: collapseKey), options: options),
            now: engine.clock.date
        ).push.id
    }

    private func register(_ count: Int, zone: String = "", user: String? = nil, _ name: String = "a") async throws -> [DeviceID] {
        var profile = DeviceProfileChanges()
        profile.timeZone = zone
        return try await engine.registerDevices(count, user: user, profile: profile) { "\(name) \(zone) \($0)" }
    }

    /// Lets time pass until so many deliveries have ended.
    private func settle(_ count: Int, of push: PushID, after duration: Duration) async throws {
        engine.clock.advance(by: duration)
        engine.dispatcher?.wake()
        try await engine.recorder.wait(forSettled: count, of: push)
    }

    private func total(_ push: PushID) async throws -> PushCounters { try #require(try await engine.status(push)).total }

    /// Nothing but slices waits: no device has a row.
    private func hasNoRetries() async throws -> Bool {
        try await engine.pushes.lanesWithRetries(now: .distantFuture).isEmpty
    }

    // MARK: When

    @Test func aPlannedPushWaitsForItsTime() async throws {
        _ = try await register(3)
        try await engine.run(provider) {
            let push = try await accept { $0.schedule.sendAt = engine.clock.date.addingTimeInterval(3600) }
            engine.dispatcher?.wake()
            #expect(try await engine.status(push)?.push.startsAt == engine.clock.date.addingTimeInterval(3600))
            // New credentials make what waits due; what waits for its time isn't.
            try await engine.dispatcher?.credentialsChanged(app: .default, provider: .webPush)
            let direct = try await accept(Audience(tokens: [RawToken(provider: .webPush, token: Token(address: "x"))]))
            try await engine.recorder.wait(forSettled: 1, of: direct)
            #expect(try await total(push) == PushCounters())
            try await settle(3, of: push, after: .seconds(3601))
            #expect(try await total(push).accepted == 3)
        }
    }

    @Test func localTimeIsTheDevicesOwn() async throws {
        let tokyo = try await register(2, zone: "Asia/Tokyo"), vienna = try await register(3, zone: "Europe/Vienna")
        // The clock stands at 2027-01-15T08:00:00Z: 17:00 in Tokyo, 09:00 in Vienna.
        try #require(engine.clock.date == Date(timeIntervalSince1970: 1_800_000_000))
        let local = try LocalDateTime("2027-01-15T18:00")
        try await engine.run(provider) {
            let push = try await accept { $0.schedule.localTime = local }
            try await settle(2, of: push, after: .seconds(3601))
            #expect(Set(provider.attempts.map(\.device)) == Set(tokyo))
            #expect(try await hasNoRetries(), "who waits for an evening has no row")
            try await settle(5, of: push, after: .seconds(8 * 3600))
            #expect(Set(provider.attempts.map(\.device)) == Set(tokyo + vienna))
        }
    }

    @Test func quietHoursHoldABroadcastBackWithoutARowForAnyDevice() async throws {
        let awake = try await register(2, zone: "Europe/Vienna"), asleep = try await register(200, zone: "America/Los_Angeles")
        var settings = AppSettings()
        settings.quietHours = AppQuietHours(hours: try DailyHours(from: "22:00", until: "07:00"))
        try await engine.apps.set(settings, of: .default)
        try await engine.run(provider) {
            let push = try await accept()
            try await engine.recorder.wait(forSettled: 2, of: push)
            #expect(Set(provider.attempts.map(\.device)) == Set(awake))
            #expect(try await hasNoRetries())
            let urgent = try await accept(urgency: .high)
            try await engine.recorder.wait(forSettled: 202, of: urgent)
            // It is midnight in Los Angeles.
            try await settle(202, of: push, after: .seconds(7 * 3600 + 1))
            #expect(Set(provider.attempts.filter { $0.push == push }.map(\.device)) == Set(awake + asleep))
        }
    }

    @Test func usersHaveQuietHoursOfTheirOwn() async throws {
        let sleeper = try await register(1, zone: "UTC", user: "ann", "x"), others = try await register(2, zone: "UTC")
        _ = try await engine.users.update(
            "ann", app: .default, UserChanges(quiet: .hours(try DailyHours(from: "07:00", until: "10:00"))), now: engine.clock.date)
        try await engine.run(provider) {
            let push = try await accept()
            try await engine.recorder.wait(forSettled: 2, of: push)
            #expect(Set(provider.attempts.map(\.device)) == Set(others))
            #expect(try await total(push).retrying == 1)
            try await settle(3, of: push, after: .seconds(2 * 3600 + 1))
            #expect(Set(provider.attempts.map(\.device)) == Set(others + sleeper))
        }
    }

    @Test func whoNamedNoTimeZoneMayBeLeftOut() async throws {
        _ = try await register(2)
        let known = try await register(1, zone: "UTC")
        try await engine.run(provider) {
            let push = try await accept {
                $0.schedule.window = try? DailyHours(from: "00:00", until: "24:00")
                $0.schedule.zoneless = .drop
            }
            try await engine.recorder.wait(forSettled: 3, of: push)
            let counters = try await total(push)
            #expect(counters.dropped == 2 && counters.accepted == 1 && counters.total == 3)
            #expect(provider.attempts.map(\.device) == known)
        }
    }

    @Test func aPacedPushGoesOutSlowly() async throws {
        _ = try await register(30)
        try await engine.run(provider) {
            let push = try await accept { $0.devicesPerSecond = 10 }
            try await engine.recorder.wait(forSettled: 10, of: push)
            for second in 1...4 where try await total(push).accepted < 30 {
                #expect(provider.attempts.count <= (second + 1) * 10, "a second's worth at a time, and a page that is owed")
                try await engine.clock.waitForSleepers(Engine.services)
                engine.clock.advance(by: .seconds(1))
                engine.dispatcher?.wake()
                try await engine.recorder.wait(forSettled: min(30, (second + 1) * 10), of: push)
            }
            #expect(try await total(push).accepted == 30)
        }
    }

    // MARK: How often

    @Test func aCapDropsOrDelays() async throws {
        let device = try await register(1, user: "ann")
        func cap(_ over: FrequencyCap.Excess) -> FrequencyCap { FrequencyCap(key: "news", per: .user, count: 1, seconds: 3600, over: over) }
        try await engine.run(provider) {
            let first = try await accept(Audience(devices: device)) { $0.caps = [cap(.drop)] }
            try await engine.recorder.wait(forSettled: 1, of: first)
            let dropped = try await accept(Audience(devices: device)) { $0.caps = [cap(.drop)] }
            try await engine.recorder.wait(forSettled: 1, of: dropped)
            #expect(try await total(dropped).dropped == 1)
            let delayed = try await accept(Audience(devices: device)) { $0.caps = [cap(.delay)] }
            try await settle(1, of: delayed, after: .seconds(3601))
            #expect(try await total(delayed).accepted == 1)
        }
        #expect(provider.attempts.count == 2)
    }

    @Test func devicesOfOneUserCountAsOne() async throws {
        _ = try await register(5, user: "ann")
        try await engine.run(provider) {
            let push = try await accept { $0.caps = [FrequencyCap(key: "k", per: .user, count: 1, seconds: 60, over: .drop)] }
            try await engine.recorder.wait(forSettled: 5, of: push)
            #expect(try await total(push).accepted == 5)
            let next = try await accept { $0.caps = [FrequencyCap(key: "k", per: .user, count: 1, seconds: 60, over: .drop)] }
            try await engine.recorder.wait(forSettled: 5, of: next)
            #expect(try await total(next).dropped == 5)
        }
    }

    // MARK: Not after all

    @Test func aCancelledPushIsSentToNobodyElse() async throws {
        _ = try await register(1200)
        let push = try await accept { $0.schedule.sendAt = engine.clock.date.addingTimeInterval(3600) }
        #expect(try await engine.intake(provider).cancel(push, app: .default, now: engine.clock.date))
        try await engine.run(provider) {
            engine.dispatcher?.wake()
            try await engine.recorder.wait(forSettled: 1200, of: push)
        }
        let status = try #require(try await engine.status(push))
        #expect(status.state == .cancelled && status.finishedAt != nil)
        #expect(status.total.cancelled == 1200 && status.total.total == 1200)
        #expect(provider.attempts.isEmpty)
        #expect(try await engine.intake(provider).cancel(PushID(rawValue: "none"), app: .default, now: engine.clock.date) == false)
    }

    @Test func ofPushesWithOneCollapseKeyOnlyTheNewestGoesOut() async throws {
        _ = try await register(3)
        let old = try await accept(collapseKey: "score"), other = try await accept(collapseKey: "news")
        let new = try await accept(collapseKey: "score")
        try await engine.run(provider) {
            engine.dispatcher?.wake()
            for push in [old, other, new] { try await engine.recorder.wait(forSettled: 3, of: push) }
        }
        #expect(try await total(old).dropped == 3)
        #expect(try await total(new).accepted == 3)
        #expect(try await total(other).accepted == 3)
    }

    @Test func aRecallReplacesWhatWasSent() async throws {
        _ = try await register(2)
        try await engine.run(provider) {
            let sent = try await accept(collapseKey: "k")
            try await engine.recorder.wait(forSettled: 2, of: sent)
            let instead = try #require(
                try await engine.intake(provider).recall(
                    sent, app: .default, instead: Notification(title: "Sorry"), now: engine.clock.date))
            try await engine.recorder.wait(forSettled: 2, of: instead.push.id)
            #expect(instead.push.policy.collapseKey == "k" && instead.push.audience == .everyone)
            let plain = try await accept()
            await #expect(throws: PushProblem.self) {
                try await engine.intake(provider).recall(plain, app: .default, instead: Notification(title: "S"), now: engine.clock.date)
            }
        }
    }

    // MARK: Once, and what came of it

    @Test func theSameRequestAgainSendsNothing() async throws {
        _ = try await register(1)
        let request = { (hash: UInt8) in
            PushRequest(
                app: .default, audience: .everyone, notification: Notification(title: "t"),
                idempotency: Idempotency(key: "order 7", requestHash: [hash]))
        }
        let first = try await engine.intake(provider).accept(request(1), now: engine.clock.date)
        let again = try await engine.intake(provider).accept(request(1), now: engine.clock.date.addingTimeInterval(60))
        #expect(again.isRepetition && !first.isRepetition && again.push == first.push)
        do {
            try await engine.intake(provider).accept(request(2), now: engine.clock.date)
            Issue.record("another request with the same key was taken")
        } catch let problem as PushProblem {
            #expect(problem.code == .keyReused)
        }
        #expect(try await engine.pushes.pushes(app: .default, before: nil, limit: 10).count == 1)
    }

    @Test func thoseWhoWaitAreCountedToo() async throws {
        _ = try await register(1300)
        let gate = Gate(), begun = Gate()
        let slow = ScriptedProvider { _, _ in
            begun.open()
            try? await gate.wait()
            return .accepted(id: nil)
        }
        try await engine.run(slow) {
            let push = try await accept()
            try await begun.wait()
            gate.open()
            try await engine.recorder.wait(forSettled: 500, of: push)
            #expect(try await total(push).total == 1300, "queued and the others are the audience")
            try await engine.recorder.wait(forSettled: 1300, of: push)
            let counters = try await total(push)
            #expect(counters.queued == 0 && counters.accepted == 1300)
        }
    }

    @Test func rawTokensNeedNoRegistration() async throws {
        let tokens = (0..<700).map { RawToken(provider: .webPush, token: Token(address: "raw \($0)")) }
        let flaky = ScriptedProvider { attempt, number in
            attempt.token.address == "raw 5" && number == 1 ? .unavailable(until: nil, reason: "once") : .accepted(id: nil)
        }
        try await engine.run(flaky) {
            let push = try await accept(Audience(tokens: tokens))
            try await engine.wait(for: push, toSettle: 700) { [engine] in engine.clock.advance(by: .seconds(3)) }
            #expect(try await total(push).accepted == 700)
        }
        #expect(Set(flaky.attempts.map(\.token.address)) == Set(tokens.map(\.token.address)))
    }
}
