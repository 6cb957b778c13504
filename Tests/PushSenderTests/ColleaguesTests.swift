import Foundation
import PushStorage
import PushTesting
import Synchronization
import Testing
import WebPush

@testable import PushSender

/// Several processes that send from one store.
@Suite(.timeLimit(.minutes(1))) struct ColleaguesTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "herald-\(UUID().uuidString)")
    private let clock = ManualClock()
    private let devices: SQLDeviceStore
    private let pushes: SQLPushStore

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let database = try OpenDatabase(sqlite: folder.appending(path: "test.sqlite"))
        devices = SQLDeviceStore(database)
        pushes = SQLPushStore(database)
    }

    private static let lane = Lane(app: .default, provider: .webPush)

    private var settings: DispatchSettings {
        var settings = DispatchSettings()
        settings.pageDevices = 50
        settings.lanes[.webPush] = LaneSettings()
        settings.lanes[.webPush]?.broadcastSlices = 1
        return settings
    }

    private func dispatcher(
        _ node: String, _ provider: ScriptedProvider, over store: (any PushStore)? = nil, recorder: EventRecorder,
        announce: @escaping @Sendable () -> Void = {}
    ) -> Dispatcher {
        Dispatcher(
            store: store ?? pushes, providers: [provider], settings: settings, node: LeaseOwner(rawValue: node),
            colleagues: Colleagues(announceWork: announce), observer: recorder, now: { [clock] in clock.date }, clock: clock)
    }

    private func registerDevices(_ count: Int) async throws {
        var random = SystemRandomNumberGenerator()
        for index in 0..<count {
            _ = try await devices.register(
                DeviceRegistration(app: .default, provider: .webPush, token: Token(address: "address \(index)")),
                newID: DeviceID(now: clock.date, random: &random), now: clock.date)
        }
    }

    private func accept() async throws -> PushID {
        try await PushIntake(store: pushes, providers: [], dispatcher: nil).accept(
            PushRequest(app: .default, audience: .everyone, notification: Notification(title: "t"),
                policy: PushPolicy(ttl: TTL(seconds: 3600))), now: clock.date
        ).push.id
    }

    @Test func whoHasItsHandsFullLeavesHalfToOthers() async throws {
        try await registerDevices(300)
        let push = try await accept()
        let recorder = EventRecorder()
        let otherHasSent = Gate(), firstHasBegun = Gate()
        // No page of the first lands before the second node has sent one.
        let slow = ScriptedProvider { _, _ in
            firstHasBegun.open()
            try? await otherHasSent.wait()
            return .accepted(id: nil)
        }
        let quick = ScriptedProvider { _, _ in
            otherHasSent.open()
            return .accepted(id: nil)
        }
        let second = dispatcher("two", quick, recorder: recorder)
        let first = dispatcher("one", slow, recorder: recorder) { second.wake() }
        async let firstRuns: Void = first.run()
        try await firstHasBegun.wait()
        async let secondRuns: Void = second.run()
        try await recorder.wait(forSettled: 300, of: push)
        first.stop()
        second.stop()
        _ = await (firstRuns, secondRuns)
        #expect(quick.attempts.count >= 50 && slow.attempts.count >= 50)
        #expect(Set((slow.attempts + quick.attempts).map(\.device)).count == 300)
        #expect(slow.attempts.count + quick.attempts.count == 300, "nobody got it twice")
    }

    /// The connection to the store was lost right after a claim: nobody knows that anything is held.
    @Test func aClaimWhoseAnswerWasLostEndsWithItsLease() async throws {
        try await registerDevices(10)
        let push = try await accept()
        let recorder = EventRecorder()
        let provider = ScriptedProvider { _, _ in .accepted(id: nil) }
        let dispatcher = dispatcher("one", provider, over: StoreThatForgetsAnAnswer(pushes), recorder: recorder)
        async let running: Void = dispatcher.run()
        try await recorder.wait { $0.contains { if case .storeUnavailable = $0 { true } else { false } } }
        for renewals in 1...4 {
            try await clock.waitForSleepers(3)
            clock.advance(by: .seconds(20))
            try await recorder.wait { $0.count { $0 == .leasesRenewed } >= renewals }
        }
        dispatcher.wake()
        try await recorder.wait(forSettled: 10, of: push)
        dispatcher.stop()
        await running
        #expect(provider.attempts.count == 10)
    }

    @Test func stoppingHandsBackWhatIsHeld() async throws {
        try await registerDevices(1)
        _ = try await accept()
        let recorder = EventRecorder()
        let dispatcher = dispatcher("one", ScriptedProvider { _, _ in .accepted(id: nil) }, recorder: recorder)
        let claim = Claim(
            lane: Self.lane, limit: 1, owner: LeaseOwner(rawValue: "one").claim(7), now: clock.date,
            leaseUntil: clock.date.addingTimeInterval(60))
        #expect(try await pushes.claimSlices(.broadcast, claim).count == 1)
        try await dispatcher.releaseLeases()
        let other = Claim(
            lane: Self.lane, limit: 1, owner: LeaseOwner(rawValue: "two"), now: clock.date, leaseUntil: clock.date.addingTimeInterval(60))
        #expect(try await pushes.claimSlices(.broadcast, other).count == 1)
    }
}

@Suite struct LeaseBookTests {
    private let book = LeaseBook(node: LeaseOwner(rawValue: "node"))

    @Test func everyClaimHasANameOfItsOwn() {
        let names = (0..<3).map { _ in book.open().rawValue }
        #expect(names == ["node.1", "node.2", "node.3"])
    }

    @Test func aClaimIsHeldUntilAllWhoWorkOnItAreDone() {
        let claim = book.open()
        book.hold(claim)
        book.close(claim)
        #expect(book.held == [claim])
        book.close(claim)
        #expect(book.held.isEmpty)
    }
}

/// Closed until somebody opens it.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [CheckedContinuation<Void, any Error>] = []
    }

    private let state = Mutex(State())

    func open() { leave { $0.isOpen = true } }

    /// - Throws: `CancellationError`, so that a test that waits for nobody ends at its time limit.
    func wait() async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isOpen = state.withLock { state in
                    if !state.isOpen { state.waiting.append(continuation) }
                    return state.isOpen
                }
                if isOpen { continuation.resume() }
            }
            try Task.checkCancellation()
        } onCancel: {
            leave { $0.isOpen = true }
        }
    }

    private func leave(_ change: (inout State) -> Void) {
        let waiting = state.withLock { state in
            change(&state)
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

/// Claims once without saying so.
private final class StoreThatForgetsAnAnswer: PushStore {
    private struct Lost: Error {}
    private let store: SQLPushStore
    private let hasForgotten = Atomic(false)

    init(_ store: SQLPushStore) { self.store = store }

    func claimSlices(_ kind: SliceKind, _ claim: Claim) async throws -> [ClaimedSlice] {
        let claimed = try await store.claimSlices(kind, claim)
        if !claimed.isEmpty, !hasForgotten.exchange(true, ordering: .relaxed) { throw Lost() }
        return claimed
    }

    func reach(
        of audience: Audience, app: AppID, byTimeZone: @escaping @Sendable (AppRules) -> Bool
    ) async throws -> Reach { try await store.reach(of: audience, app: app, byTimeZone: byTimeZone) }
    func hasDevices(_ audience: Audience, app: AppID) async throws -> Bool { try await store.hasDevices(audience, app: app) }
    func count(_ audience: Audience, app: AppID) async throws -> [ProviderName: Int] { try await store.count(audience, app: app) }
    func accept(_ acceptance: Acceptance) async throws -> Accepted { try await store.accept(acceptance) }
    func push(under idempotency: Idempotency, app: AppID) async throws -> Push? { try await store.push(under: idempotency, app: app) }
    func cancel(_ push: PushID, app: AppID, now: Date) async throws -> Bool { try await store.cancel(push, app: app, now: now) }
    func status(of push: PushID, app: AppID) async throws -> PushStatus? { try await store.status(of: push, app: app) }
    func pushes(app: AppID, before: PushID?, limit: Int) async throws -> [PushStatus] {
        try await store.pushes(app: app, before: before, limit: limit)
    }
    func waitingWork(now: Date) async throws -> [ProviderName: WaitingWork] { try await store.waitingWork(now: now) }
    func pushes(labelled label: String, app: AppID, limit: Int) async throws -> [PushID] {
        try await store.pushes(labelled: label, app: app, limit: limit)
    }
    func failures(of push: PushID, after: DeviceID?, limit: Int) async throws -> [DeliveryFailure] {
        try await store.failures(of: push, after: after, limit: limit)
    }
    func lanesWithSlices(_ kind: SliceKind, now: Date) async throws -> [Lane] { try await store.lanesWithSlices(kind, now: now) }
    func lanesWithRetries(now: Date) async throws -> [Lane] { try await store.lanesWithRetries(now: now) }
    func claimRetries(_ claim: Claim) async throws -> ClaimedRetries { try await store.claimRetries(claim) }
    func hasten(app: AppID, provider: ProviderName, now: Date) async throws {
        try await store.hasten(app: app, provider: provider, now: now)
    }
    func renewLeases(owners: [LeaseOwner], until: Date) async throws { try await store.renewLeases(owners: owners, until: until) }
    func releaseLeases(node: LeaseOwner) async throws { try await store.releaseLeases(node: node) }
    func releaseAllLeases() async throws { try await store.releaseAllLeases() }
    func deleteFinished(before date: Date, limit: Int) async throws -> Int {
        try await store.deleteFinished(before: date, limit: limit)
    }
    func deleteOutdated(requestsBefore requests: Date, now: Date, limit: Int) async throws -> Int {
        try await store.deleteOutdated(requestsBefore: requests, now: now, limit: limit)
    }
    func page(of slice: Slice, push: Push, withProfiles: Bool, limit: Int) async throws -> [Recipient] {
        try await store.page(of: slice, push: push, withProfiles: withProfiles, limit: limit)
    }
    func left(of slice: Slice, push: Push) async throws -> Int { try await store.left(of: slice, push: push) }
    func reserve(_ push: Push, for recipients: [Recipient], now: Date) async throws -> [FrequencyVerdict] {
        try await store.reserve(push, for: recipients, now: now)
    }
    func record(_ page: PageRecord, owner: LeaseOwner) async throws -> PageFate { try await store.record(page, owner: owner) }
}
