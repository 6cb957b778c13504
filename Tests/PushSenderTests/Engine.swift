import Foundation
import PushSender
import PushStorage
import PushTesting
import Synchronization
import WebPush

extension Lane {
    static let webPush = Lane(app: .default, provider: .webPush)
}

/// A dispatcher with everything it needs.
final class Engine: Sendable {
    let clock = ManualClock()
    let recorder = EventRecorder()
    let devices: SQLDeviceStore
    let users: SQLUserStore
    let apps: SQLAppStore
    let pushes: SQLPushStore
    private let folder: URL
    private let current = CurrentDispatcher()

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "herald-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let database = try OpenDatabase(sqlite: folder.appending(path: "test.sqlite"))
        devices = SQLDeviceStore(database)
        users = SQLUserStore(database)
        apps = SQLAppStore(database)
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
        _ count: Int, lane: Lane = .webPush, user: String? = nil, profile: DeviceProfileChanges = DeviceProfileChanges(),
        address: @escaping @Sendable (Int) -> String = { "address \($0)" }
    ) async throws -> [DeviceID] {
        try await withThrowingTaskGroup(of: DeviceID.self) { group in
            for index in 0..<count {
                group.addTask { [self] in
                    var random = SystemRandomNumberGenerator()
                    return try await devices.register(
                        DeviceRegistration(
                            app: lane.app, provider: lane.provider,
                            token: Token(address: address(index), environment: lane.environment), user: user, profile: profile),
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
            PushRequest(
                app: .default, audience: audience, notification: Notification(title: "t"),
                policy: PushPolicy(ttl: TTL(seconds: ttlSeconds))), now: clock.date
        ).push.id
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
            guard case .recorded(let page) = event, page.push.id == push else { return sum }
            return sum + page.counters.ended
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
