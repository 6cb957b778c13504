import Foundation
import PushStorage
import PushTesting
import Synchronization
import Testing
import WebPush

@testable import PushSender

/// The engine on a real SQLite file, with a scripted provider and a clock that the test moves.
@Suite(.timeLimit(.minutes(1))) struct DispatcherTests {
    private let engine: Engine

    init() throws { engine = try Engine() }

    @Test func everyDeviceGetsAPushOnce() async throws {
        let devices = try await engine.registerDevices(1000)
        let provider = ScriptedProvider { _, _ in .accepted(id: nil) }
        let push = try await engine.run(provider) { try await engine.send(to: .everyone, provider, settled: 1000) }
        #expect(Set(provider.attempts.map(\.device)) == Set(devices))
        #expect(provider.attempts.count == 1000)
        let status = try await engine.status(push)
        #expect(status?.state == .done && status?.counters.accepted == 1000)
    }

    @Test func whatFailsForNowIsTriedUntilItIsTaken() async throws {
        _ = try await engine.registerDevices(3)
        let provider = ScriptedProvider { _, number in
            number < 3 ? .unavailable(until: nil, reason: "away") : .accepted(id: nil)
        }
        let push = try await engine.run(provider) {
            try await engine.send(to: .everyone, provider, settled: 3) { engine.clock.advance(by: .seconds(30)) }
        }
        #expect(provider.attempts.count == 9)
        let status = try await engine.status(push)
        #expect(status?.state == .done && status?.counters.accepted == 3 && status?.counters.retrying == 0)
    }

    @Test func nothingIsSentAfterTheTTL() async throws {
        _ = try await engine.registerDevices(2)
        let provider = ScriptedProvider { _, _ in .unavailable(until: nil, reason: "away") }
        let push = try await engine.run(provider) {
            try await engine.send(to: .everyone, provider, ttlSeconds: 100, settled: 2) {
                engine.clock.advance(by: .seconds(20))
            }
        }
        let status = try #require(try await engine.status(push))
        #expect(status.counters.expired == 2 && status.counters.total == 2)
        #expect(provider.attempts.allSatisfy { $0.at < status.push.expiresAt })
        #expect(try await engine.pushes.failures(of: push, after: nil, limit: 10).count == 2)
    }

    @Test func aDeadTokenIsNeverUsedAgain() async throws {
        let devices = try await engine.registerDevices(3)
        let provider = ScriptedProvider { attempt, _ in
            attempt.device == devices[1] ? .unregistered(since: nil) : .accepted(id: nil)
        }
        try await engine.run(provider) {
            let first = try await engine.send(to: .everyone, provider, settled: 3)
            #expect(try await engine.status(first)?.counters.unregistered == 1)
            let second = try await engine.send(to: .everyone, provider, settled: 2)
            #expect(try await engine.status(second)?.counters.total == 2)
        }
        #expect(provider.attempts.count { $0.device == devices[1] } == 1)
        #expect(try await engine.devices.device(devices[1], app: .default)?.disabledAt != nil)
    }

    @Test func aPushToNobodyIsDone() async throws {
        let provider = ScriptedProvider { _, _ in .accepted(id: nil) }
        let push = try await engine.run(provider) {
            let push = try await engine.intake(provider).accept(
                app: .default, audience: Audience(topics: ["empty"]), notification: Notification(title: "t"),
                policy: PushPolicy(), now: engine.clock.date)
            return push.id
        }
        #expect(try await engine.status(push)?.state == .done)
    }

    @Test func whatADeadNodeHeldIsTakenOverAtTheCursor() async throws {
        let devices = try await engine.registerDevices(400)
        let provider = ScriptedProvider { _, _ in .accepted(id: nil) }
        // Another node claims the slice, sends a page, and is never heard of again.
        let push = try await engine.accept(.everyone, provider)
        let claimed = try #require(
            try await engine.pushes.claimSlices(.broadcast, engine.claim("dead node")).first)
        var slice = claimed.slice
        let page = try await engine.pushes.page(of: slice, audience: .everyone, app: .default, limit: 150)
        slice.cursor = page.last.map { DeviceCursor(shard: $0.device.shard, device: $0.device) }
        var record = PageRecord(
            push: push, lane: .webPush, source: .slice(slice, isFinished: false, given: nil, release: .kept),
            recordedAt: engine.clock.date)
        record.counters.accepted = 150
        #expect(try await engine.pushes.record(record, owner: LeaseOwner(rawValue: "dead node")))

        engine.clock.advance(by: .seconds(61))
        try await engine.run(provider) {
            engine.dispatcher?.wake()
            try await engine.recorder.wait(forSettled: 250, of: push)
        }
        #expect(Set(provider.attempts.map(\.device)) == Set(devices).subtracting(page.map(\.device)))
        #expect(try await engine.status(push)?.counters.accepted == 400)
        #expect(try await engine.status(push)?.state == .done)
    }

    @Test func stoppingFinishesThePageAndReleasesTheSlice() async throws {
        _ = try await engine.registerDevices(1000)
        let first = AsyncStream.makeStream(of: Void.self)
        let provider = ScriptedProvider { _, _ in
            first.continuation.yield()
            return .accepted(id: nil)
        }
        let push = try await engine.accept(.everyone, provider)
        try await engine.run(provider) {
            var started = first.stream.makeAsyncIterator()
            await started.next()
        }
        let sent = provider.attempts.count
        let status = try #require(try await engine.status(push))
        #expect(status.counters.accepted == sent, "everything that was sent is recorded")
        if sent < 1000 {
            let free = try await engine.pushes.claimSlices(.broadcast, engine.claim("next node"))
            #expect(!free.isEmpty, "another node need not wait for the lease to end")
        }
    }

    @Test func aSlowAttemptKeepsItsLease() async throws {
        _ = try await engine.registerDevices(1)
        let started = AsyncStream.makeStream(of: Void.self)
        let mayAnswer = AsyncStream.makeStream(of: Void.self)
        let provider = ScriptedProvider { _, _ in
            started.continuation.finish()
            for await _ in mayAnswer.stream {}
            return .accepted(id: nil)
        }
        try await engine.run(provider) {
            let push = try await engine.accept(.everyone, provider)
            for await _ in started.stream {}
            for renewals in 1...4 {
                try await engine.clock.waitForSleepers(Engine.services)
                engine.clock.advance(by: .seconds(20))
                try await engine.recorder.wait { $0.count { $0 == .leasesRenewed } >= renewals }
            }
            let stolen = try await engine.pushes.claimRetries(engine.claim("impatient node"))
            #expect(stolen.retries.isEmpty, "80 seconds later the lease of 60 still holds")
            mayAnswer.continuation.finish()
            try await engine.recorder.wait(forSettled: 1, of: push)
        }
        #expect(provider.attempts.count == 1)
    }

    @Test func aDeviceThatHangsHoldsUpNobody() async throws {
        let devices = try await engine.registerDevices(1200)
        let started = AsyncStream.makeStream(of: Void.self)
        let mayAnswer = AsyncStream.makeStream(of: Void.self)
        let provider = ScriptedProvider { attempt, _ in
            if attempt.device == devices[7] {
                started.continuation.finish()
                for await _ in mayAnswer.stream {}
            }
            return .accepted(id: nil)
        }
        let push = try await engine.run(provider) {
            let push = try await engine.accept(.everyone, provider)
            for await _ in started.stream {}
            for _ in 0..<10 {
                try await engine.clock.waitForSleepers(Engine.services)
                engine.clock.advance(by: .milliseconds(250))
            }
            try await engine.recorder.wait(forSettled: 1199, of: push)
            let status = try #require(try await engine.status(push))
            #expect(status.counters.accepted == 1199 && status.counters.retrying == 1 && status.state == .sending)
            mayAnswer.continuation.finish()
            try await engine.recorder.wait(forSettled: 1200, of: push)
            return push
        }
        #expect(provider.attempts.count == 1200, "what was in the air is not sent again")
        #expect(try await engine.status(push)?.state == .done)
    }

    @Test func refusedCredentialsCloseTheLaneAndBurnNoAttempt() async throws {
        _ = try await engine.registerDevices(1200)
        let isMended = Atomic(false)
        let provider = ScriptedProvider { _, _ in
            isMended.load(ordering: .relaxed) ? .accepted(id: nil) : .unauthorized(problem: "bad key")
        }
        let push = try await engine.run(provider) {
            let push = try await engine.accept(.everyone, provider)
            try await engine.recorder.wait { events in events.contains { $0.isUnauthorized } }
            #expect(try await engine.status(push)?.counters.total ?? 0 <= 4 * 500, "only pages that were in the air were refused")
            isMended.store(true, ordering: .relaxed)
            try await engine.dispatcher?.credentialsChanged(app: .default, provider: .webPush)
            try await engine.wait(for: push, toSettle: 1200) { try await engine.dispatcher?.credentialsChanged(app: .default, provider: .webPush) }
            return push
        }
        let status = try #require(try await engine.status(push))
        #expect(status.counters.accepted == 1200 && status.state == .done)
    }

    @Test func aProviderThatIsDownIsAskedLittle() async throws {
        _ = try await engine.registerDevices(2500)
        let isUp = Atomic(false)
        let provider = ScriptedProvider { _, _ in
            isUp.load(ordering: .relaxed) ? .accepted(id: nil) : .unavailable(until: nil, reason: "down")
        }
        let push = try await engine.run(provider) {
            let push = try await engine.accept(.everyone, provider)
            try await engine.recorder.wait { events in events.contains { $0.isUnavailable } }
            for _ in 0..<20 {
                engine.clock.advance(by: .milliseconds(100))
                engine.dispatcher?.wake()
            }
            #expect(provider.attempts.count <= 4 * 500 + 20, "pages in the air, and a probe")
            isUp.store(true, ordering: .relaxed)
            try await engine.wait(for: push, toSettle: 2500) {
                engine.clock.advance(by: .seconds(5))
                engine.dispatcher?.wake()
            }
            return push
        }
        let status = try #require(try await engine.status(push))
        #expect(status.counters.accepted == 2500 && status.state == .done)
    }

    @Test func aProbeOfAShortPageLeavesNobodyOut() async throws {
        _ = try await engine.registerDevices(30)
        let isUp = Atomic(false)
        let provider = ScriptedProvider { _, _ in
            isUp.load(ordering: .relaxed) ? .accepted(id: nil) : .unavailable(until: nil, reason: "down")
        }
        try await engine.run(provider) {
            _ = try await engine.accept(.everyone, provider)
            try await engine.recorder.wait { events in events.contains { $0.isUnavailable } }
            isUp.store(true, ordering: .relaxed)
            let second = try await engine.accept(.everyone, provider)
            try await engine.wait(for: second, toSettle: 30) {
                engine.clock.advance(by: .seconds(3))
                engine.dispatcher?.wake()
            }
            #expect(try await engine.status(second)?.counters.accepted == 30)
        }
    }

    @Test func oneFarSideThatIsDownDoesNotCloseTheOthers() async throws {
        _ = try await engine.registerDevices(400, address: { $0 % 2 == 0 ? "https://down/\($0)" : "https://up/\($0)" })
        let provider = ScriptedProvider(farSide: { $0.address.hasPrefix("https://down") ? "https://down" : "https://up" }) {
            attempt, _ in
            attempt.token.address.hasPrefix("https://down") ? .unavailable(until: nil, reason: "down") : .accepted(id: nil)
        }
        try await engine.run(provider) {
            let first = try await engine.send(to: .everyone, provider, settled: 200)
            #expect(try await engine.status(first)?.counters.retrying == 200)
            let attempts = provider.attempts.count
            let second = try await engine.send(to: .everyone, provider, settled: 200)
            #expect(try await engine.status(second)?.counters.accepted == 200)
            #expect(provider.attempts.count - attempts <= 200 + 10, "nobody asked the one that is down, but for a probe")
        }
    }

    @Test func tooManyDeadAtOnceAreNotBelieved() async throws {
        _ = try await engine.registerDevices(600)
        let provider = ScriptedProvider { _, _ in .unregistered(since: nil) }
        let push = try await engine.run(provider) { try await engine.send(to: .everyone, provider, settled: 600) }
        #expect(try await engine.devices.activeDeviceCount(app: .default) == 600, "no good device is ever deleted")
        #expect(try await engine.status(push)?.counters.unregistered == 600)
        #expect(engine.recorder.events.contains(.tooManyDead(lane: .webPush)))
    }

    @Test func aLaneKeepsToItsRate() async throws {
        _ = try await engine.registerDevices(1000)
        let provider = ScriptedProvider { _, _ in .accepted(id: nil) }
        var settings = DispatchSettings()
        settings.pageDevices = 50
        settings.lanes[.webPush] = LaneSettings(devicesPerSecond: 100)
        try await engine.run(provider, settings) {
            let push = try await engine.accept(.everyone, provider)
            var seconds = 0.0
            while provider.attempts.count < 1000 {
                try await engine.clock.waitForSleepers(Engine.services)
                engine.clock.advance(by: .milliseconds(250))
                seconds += 0.25
                engine.dispatcher?.wake()
                await Task.yield()
                #expect(Double(provider.attempts.count) <= 100 + 100 * seconds + 4 * 50, "after \(seconds) s")
            }
            try await engine.recorder.wait(forSettled: 1000, of: push)
        }
    }

    @Test func oneClosedLaneDoesNotHoldUpAnother() async throws {
        _ = try await engine.registerDevices(20)
        _ = try await engine.registerDevices(20, lane: .sandbox)
        let web = ScriptedProvider { _, _ in .accepted(id: nil) }
        let apple = ScriptedProvider(name: .apns) { _, _ in .unauthorized(problem: "expired") }
        let push = try await engine.run([web, apple]) { try await engine.send(to: .everyone, web, apple, settled: 20) }
        let status = try #require(try await engine.status(push))
        #expect(status.counters.accepted == 20)
        #expect(Set(web.attempts.map(\.device)).count == 20)
    }
}

extension SenderEvent {
    fileprivate var isUnauthorized: Bool { if case .unauthorized(.webPush, nil, _, "bad key") = self { true } else { false } }
    fileprivate var isUnavailable: Bool { if case .unavailable(.webPush, nil, _) = self { true } else { false } }
}

extension Lane {
    fileprivate static let webPush = Lane(app: .default, provider: .webPush)
    fileprivate static let sandbox = Lane(app: .default, provider: .apns, environment: .sandbox)
}

/// A dispatcher with everything it needs.
private final class Engine: Sendable {
    let clock = ManualClock()
    let recorder = EventRecorder()
    let devices: SQLDeviceStore
    let pushes: SQLPushStore
    private let folder: URL
    private let current = CurrentDispatcher()

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "herald-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let database = try OpenDatabase(sqlite: folder.appending(path: "test.sqlite"))
        devices = SQLDeviceStore(database)
        pushes = SQLPushStore(database)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var dispatcher: Dispatcher? { current.value }

    /// How many sleep while nothing happens: the poll, who renews leases, who cuts flights short.
    static let services = 3

    /// Runs a dispatcher around `work`, and stops it in good order.
    @discardableResult
    func run<Value: Sendable>(
        _ provider: ScriptedProvider, _ settings: DispatchSettings = .init(), _ work: () async throws -> Value
    ) async throws -> Value {
        try await run([provider], settings, work)
    }

    @discardableResult
    func run<Value: Sendable>(
        _ providers: [ScriptedProvider], _ settings: DispatchSettings = .init(), _ work: () async throws -> Value
    ) async throws -> Value {
        let dispatcher = Dispatcher(
            store: pushes, providers: providers, settings: settings, node: LeaseOwner(rawValue: "node"), observer: recorder,
            now: { [clock] in clock.date }, clock: clock)
        current.value = dispatcher
        async let running: Void = dispatcher.run()
        let value: Value
        do {
            value = try await work()
        } catch {
            dispatcher.stop()
            await running
            throw error
        }
        dispatcher.stop()
        await running
        return value
    }

    func registerDevices(
        _ count: Int, lane: Lane = .webPush, address: @escaping @Sendable (Int) -> String = { "address \($0)" }
    ) async throws -> [DeviceID] {
        try await withThrowingTaskGroup(of: DeviceID.self) { group in
            for index in 0..<count {
                group.addTask { [self] in
                    var random = SystemRandomNumberGenerator()
                    return try await devices.register(
                        DeviceRegistration(
                            app: lane.app, provider: lane.provider,
                            token: Token(address: address(index), environment: lane.environment)),
                        newID: DeviceID(now: clock.date, random: &random), now: clock.date
                    ).device.id
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    func intake(_ providers: ScriptedProvider...) -> PushIntake {
        PushIntake(store: pushes, providers: providers, dispatcher: current.value)
    }

    func accept(_ audience: Audience, _ provider: ScriptedProvider, ttlSeconds: Int = 3600) async throws -> PushID {
        try await intake(provider).accept(
            app: .default, audience: audience, notification: Notification(title: "t"),
            policy: PushPolicy(ttl: TTL(seconds: ttlSeconds)), now: clock.date
        ).id
    }

    /// Sends, and waits until so many deliveries have ended. `meanwhile` runs after every page.
    func send(
        to audience: Audience, _ providers: ScriptedProvider..., ttlSeconds: Int = 3600, settled: Int,
        meanwhile: @escaping @Sendable () async throws -> Void = {}
    ) async throws -> PushID {
        let push = try await accept(audience, providers[0], ttlSeconds: ttlSeconds)
        try await wait(for: push, toSettle: settled, meanwhile)
        return push
    }

    /// Waits until so many deliveries of a push have ended. `meanwhile` runs at first, and after every page.
    func wait(
        for push: PushID, toSettle settled: Int, _ meanwhile: @escaping @Sendable () async throws -> Void
    ) async throws {
        while ended(push) < settled {
            let seen = Self.pages(recorder.events)
            try await meanwhile()
            dispatcher?.wake()
            try await recorder.wait { Self.pages($0) > seen || Self.ended(push, in: $0) >= settled }
        }
    }

    private static func pages(_ events: [SenderEvent]) -> Int {
        events.count { if case .recorded = $0 { true } else { false } }
    }

    func status(_ push: PushID) async throws -> PushStatus? { try await pushes.status(of: push, app: .default) }

    func claim(_ owner: String) -> Claim {
        Claim(
            lane: .webPush, limit: 10, owner: LeaseOwner(rawValue: owner), now: clock.date,
            leaseUntil: clock.date.addingTimeInterval(60))
    }

    private func ended(_ push: PushID) -> Int { Self.ended(push, in: recorder.events) }

    private static func ended(_ push: PushID, in events: [SenderEvent]) -> Int {
        events.reduce(0) { sum, event in
            guard case .recorded(push, _, let counters) = event else { return sum }
            return sum + counters.accepted + counters.failed + counters.expired + counters.unregistered
        }
    }
}

private final class CurrentDispatcher: Sendable {
    private let stored = Mutex<Dispatcher?>(nil)
    var value: Dispatcher? {
        get { stored.withLock { $0 } }
        set { stored.withLock { $0 = newValue } }
    }
}
