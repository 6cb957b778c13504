#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
import Synchronization

/// Claims what is due and sends it: slices of pushes page by page, and retries. One per process.
public final class Dispatcher: Sendable {
    private let store: any PushStore
    private let worker: DispatchWorker
    private let settings: DispatchSettings
    private let owner: LeaseOwner
    private let observer: any SenderObserver
    private let now: @Sendable () -> Date
    private let clock: any Clock<Duration>

    private let wakeUp = WakeUp()
    private let slots: Mutex<DispatchSlots>
    private let stopping = Atomic(false)

    /// - Parameter owner: must differ from that of every other process and every earlier start.
    public init(
        store: any PushStore, providers: [any PushProvider], settings: DispatchSettings = .init(), owner: LeaseOwner,
        observer: any SenderObserver, now: @escaping @Sendable () -> Date = { Date() },
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.store = store
        self.settings = settings
        self.owner = owner
        self.observer = observer
        self.now = now
        self.clock = clock
        slots = Mutex(DispatchSlots(settings))
        worker = DispatchWorker(
            store: store, providers: Dictionary(uniqueKeysWithValues: providers.map { ($0.name, $0) }),
            settings: settings, owner: owner, observer: observer, now: now, clock: clock)
    }

    /// Something new is due. Cheap, from anywhere.
    public func wake() { wakeUp.signal() }

    /// Claims nothing more; ``run()`` returns when the pages in flight are recorded and their leases released.
    public func stop() {
        stopping.store(true, ordering: .releasing)
        wakeUp.signal()
    }

    /// Sends until ``stop()`` or cancellation. To cancel is to be killed: leases end by themselves.
    public func run() async {
        await withTaskGroup(of: Void.self) { background in
            background.addTask { await self.poll() }
            background.addTask { await self.keepLeases() }
            await withDiscardingTaskGroup { group in
                wake()
                for await _ in wakeUp.signals {
                    if isStopping { break }
                    await claimAll(into: &group)
                }
            }
            background.cancelAll()
        }
    }

    private var isStopping: Bool { stopping.load(ordering: .acquiring) }

    // MARK: Claiming

    private func claimAll(into group: inout DiscardingTaskGroup) async {
        do {
            try await claimSlices(.direct, slot: .direct, into: &group)
            try await claimRetries(into: &group)
            try await claimSlices(.broadcast, slot: .broadcast, into: &group)
        } catch {
            // The next poll tries again: at most one attempt per poll however long the store is away.
            observer.report(.storeUnavailable(reason: "\(error)"))
        }
    }

    private func claimSlices(
        _ kind: SliceKind, slot: DispatchSlots.Kind, into group: inout DiscardingTaskGroup
    ) async throws {
        let free = slots.withLock { $0[slot] }
        guard free > 0 else { return }
        let claimed = try await store.claimSlices(kind, claim(free))
        for work in claimed {
            start(slot, in: &group) { worker, isStopping in
                await worker.send(work, mayShare: kind == .broadcast ? self.hasIdleBroadcastSlot : { false }, isStopping)
            }
        }
    }

    private func claimRetries(into group: inout DiscardingTaskGroup) async throws {
        while slots.withLock({ $0[.retry] }) > 0 {
            let claimed = try await store.claimRetries(claim(settings.retryPageDevices))
            guard !claimed.retries.isEmpty else { return }
            start(.retry, in: &group) { worker, _ in await worker.send(claimed) }
        }
    }

    private func claim(_ limit: Int) -> Claim {
        let now = now()
        return Claim(
            limit: limit, owner: owner, now: now, leaseUntil: now.addingTimeInterval(settings.leaseSeconds))
    }

    private func start(
        _ slot: DispatchSlots.Kind, in group: inout DiscardingTaskGroup,
        _ work: @escaping @Sendable (DispatchWorker, @escaping @Sendable () -> Bool) async -> Void
    ) {
        slots.withLock { $0.take(slot, 1) }
        group.addTask {
            await work(self.worker) { self.isStopping }
            self.slots.withLock { $0.give(slot) }
            self.wakeUp.signal()
        }
    }

    private func hasIdleBroadcastSlot() -> Bool { slots.withLock { $0[.broadcast] > 0 } }

    // MARK: Background

    private func poll() async {
        while (try? await clock.sleep(for: .milliseconds(settings.pollMilliseconds))) != nil { wakeUp.signal() }
    }

    private func keepLeases() async {
        while (try? await clock.sleep(for: .seconds(settings.leaseSeconds / 3))) != nil {
            do {
                try await store.renewLeases(
                    owner: owner, until: now().addingTimeInterval(settings.leaseSeconds))
                observer.report(.leasesRenewed)
            } catch {
                observer.report(.storeUnavailable(reason: "\(error)"))
            }
        }
    }
}
