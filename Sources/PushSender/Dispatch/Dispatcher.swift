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
    private let node: LeaseOwner
    private let observer: any SenderObserver
    private let now: @Sendable () -> Date
    private let clock: any Clock<Duration>

    private let colleagues: Colleagues?
    private let wakeUp = WakeUp()
    private let leases: LeaseBook
    private let lanes: Lanes
    private let background = BackgroundWork()
    private let flights: FlightControl
    private let slots: Mutex<DispatchSlots>
    /// Lanes with slices of broadcasts that nobody holds, as far as we know.
    private let spare = Mutex<Set<Lane>>([])
    private let stopping = Atomic(false)

    /// - Parameters:
    ///   - rates: what lanes may still send; to be shared with whoever sends from the same store.
    ///   - node: must differ from that of every other process and every earlier start.
    ///   - colleagues: others that send from the same store; nil when there are none.
    ///   - renderer: makes the texts of pushes that have personal ones.
    ///   - receiptLink: what a device gets with a push that asks for receipts.
    ///   - now: the store's clock, where several processes share it.
    public init(
        store: any PushStore, providers: [any PushProvider], rates: any RateLedger = LocalRates(),
        settings: DispatchSettings = .init(), node: LeaseOwner, colleagues: Colleagues? = nil,
        renderer: (any WordingRenderer)? = nil, receiptLink: ReceiptLink? = nil,
        observer: any SenderObserver, now: @escaping @Sendable () -> Date = { Date() },
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.store = store
        self.settings = settings
        self.node = node
        self.colleagues = colleagues
        self.observer = observer
        self.now = now
        self.clock = clock
        slots = Mutex(DispatchSlots(settings))
        leases = LeaseBook(node: node)
        lanes = Lanes(settings)
        flights = FlightControl(seconds: Double(settings.stragglerMilliseconds) / 1000)
        worker = DispatchWorker(
            store: store, providers: Dictionary(uniqueKeysWithValues: providers.map { ($0.name, $0) }), lanes: lanes,
            rates: rates, settings: settings, leases: leases, background: background, flights: flights, observer: observer,
            preparation: Preparation(renderer: renderer, receiptLink: receiptLink),
            announce: { [wakeUp] in
                wakeUp.signal()
                colleagues?.announceWork()
            },
            now: now, clock: clock)
    }

    /// Something new is due, here or elsewhere. Cheap, from anywhere.
    public func wake() { wakeUp.signal() }

    /// Claims nothing more; ``run()`` returns when the pages in flight are recorded and their leases released.
    public func stop() {
        stopping.store(true, ordering: .releasing)
        wakeUp.signal()
    }

    /// An App's credentials for a provider have changed: what waited because of the old ones is due now.
    public func credentialsChanged(app: AppID, provider: ProviderName) async throws {
        forgetTrouble(app: app, provider: provider)
        try await store.hasten(app: app, provider: provider, now: now())
        wake()
        colleagues?.announceWork()
    }

    /// As ``credentialsChanged(app:provider:)``, where another node has made it known to the store.
    public func forgetTrouble(app: AppID, provider: ProviderName) { lanes.reset(app: app, provider: provider) }

    /// Gives back whatever this process still holds, for others to go on with at once. After ``run()``.
    public func releaseLeases() async throws { try await store.releaseLeases(node: node) }

    /// Sends until ``stop()`` or cancellation. To cancel is to be killed: leases end by themselves.
    public func run() async {
        await withTaskGroup(of: Void.self) { services in
            services.addTask { await self.poll() }
            services.addTask { await self.keepLeases() }
            services.addTask { await self.flights.run(now: self.now, clock: self.clock) }
            await withTaskGroup(of: Void.self) { work in
                work.addTask { await self.background.run() }
                await claimUntilStopped()
                background.finish()
            }
            services.cancelAll()
        }
    }

    private func claimUntilStopped() async {
        await withDiscardingTaskGroup { group in
            wake()
            for await _ in wakeUp.signals {
                if isStopping { break }
                await claimAll(into: &group)
            }
        }
    }

    private var isStopping: Bool { stopping.load(ordering: .acquiring) }

    // MARK: First hand

    /// Room for a direct push that is about to be accepted.
    struct Reservation: Sendable {
        let lanes: [Lane]
        let lease: Lease
    }

    /// - Returns: nil when there is no room, or a lane is closed; then the push waits its turn in the store.
    func reserve(_ lanes: [Lane]) -> Reservation? {
        guard !isStopping, lanes.allSatisfy(isOpen) else { return nil }
        let isFree = slots.withLock { slots in
            guard lanes.allSatisfy({ slots.free(.direct, in: $0) > 0 }) else { return false }
            for lane in lanes { slots.take(.direct, in: lane, 1) }
            return true
        }
        guard isFree else { return nil }
        return Reservation(
            lanes: lanes, lease: Lease(owner: leases.open(), until: now().addingTimeInterval(settings.leaseSeconds)))
    }

    func begin(_ reservation: Reservation, _ push: Push, _ rules: AppRules, _ slices: [Slice]) {
        let owner = reservation.lease.owner
        for slice in slices {
            leases.hold(owner)
            background.start {
                await self.worker.send(ClaimedSlice(slice: slice, push: push, rules: rules, owner: owner), mayShare: { false }) {
                    self.isStopping
                }
                self.leases.close(owner)
                self.give(.direct, in: slice.lane)
            }
        }
        leases.close(owner)
    }

    func giveUp(_ reservation: Reservation) {
        leases.close(reservation.lease.owner)
        for lane in reservation.lanes { give(.direct, in: lane) }
    }

    /// Whoever found no room looks again; when nobody missed any, nothing has to be looked for.
    private func give(_ slot: DispatchSlots.Kind, in lane: Lane) {
        let wasFull = slots.withLock { slots in
            defer { slots.give(slot, in: lane) }
            return slots.free(slot, in: lane) <= 0
        }
        if wasFull { wakeUp.signal() }
    }

    // MARK: Claiming

    private func claimAll(into group: inout DiscardingTaskGroup) async {
        do {
            try await claimSlices(.direct, slot: .direct, into: &group)
            try await claimRetries(into: &group)
            try await claimSlices(.broadcast, slot: .broadcast, into: &group)
            await lookForSpare()
        } catch {
            // The next poll tries again: at most one attempt per poll however long the store is away.
            observer.report(.storeUnavailable(reason: "\(error)"))
        }
    }

    private func claimSlices(
        _ kind: SliceKind, slot: DispatchSlots.Kind, into group: inout DiscardingTaskGroup
    ) async throws {
        let due = try await store.lanesWithSlices(kind, now: now())
        for lane in due where isOpen(lane) {
            let free = slots.withLock { $0.free(slot, in: lane) }
            guard free > 0 else { continue }
            let claim = claim(free, in: lane)
            defer { leases.close(claim.owner) }
            let claimed = try await store.claimSlices(kind, claim)
            if kind == .broadcast { await lookForSpare() }
            let hands = kind == .broadcast ? hands(free: free - claimed.count, in: lane) : 1
            for work in claimed {
                start(slot, in: lane, claim.owner, &group) { worker, isStopping in
                    await worker.send(
                        work, hands: hands, mayShare: { kind == .broadcast && self.mayShare(lane) }, isStopping)
                }
            }
        }
    }

    /// What we leave lying is for colleagues: as long as something is, no slice needs to be split for them.
    private func lookForSpare() async {
        guard colleagues != nil, let lanes = try? await store.lanesWithSlices(.broadcast, now: now()) else { return }
        spare.withLock { $0 = Set(lanes) }
    }

    private func claimRetries(into group: inout DiscardingTaskGroup) async throws {
        for lane in try await store.lanesWithRetries(now: now()) where isOpen(lane) {
            while slots.withLock({ $0.free(.retry, in: lane) }) > 0 {
                let claim = claim(settings.retryPageDevices, in: lane)
                defer { leases.close(claim.owner) }
                let claimed = try await store.claimRetries(claim)
                guard !claimed.retries.isEmpty else { break }
                start(.retry, in: lane, claim.owner, &group) { worker, _ in await worker.send(claimed, in: lane) }
            }
        }
    }

    private func isOpen(_ lane: Lane) -> Bool {
        worker.providers[lane.provider] != nil && lanes.withGate(lane) { $0.closedUntil(now: now()) } == nil
    }

    private func claim(_ limit: Int, in lane: Lane) -> Claim {
        let now = now()
        return Claim(
            lane: lane, limit: limit, owner: leases.open(), now: now, leaseUntil: now.addingTimeInterval(settings.leaseSeconds))
    }

    private func start(
        _ slot: DispatchSlots.Kind, in lane: Lane, _ owner: LeaseOwner, _ group: inout DiscardingTaskGroup,
        _ work: @escaping @Sendable (DispatchWorker, @escaping @Sendable () -> Bool) async -> Void
    ) {
        slots.withLock { $0.take(slot, in: lane, 1) }
        leases.hold(owner)
        group.addTask {
            await work(self.worker) { self.isStopping }
            self.leases.close(owner)
            self.slots.withLock { $0.give(slot, in: lane) }
            self.wakeUp.signal()
        }
    }

    /// Into how many parts a slice is cut that nobody has begun: one for each hand that we have free, and as many for a colleague as we
    /// have hands.
    private func hands(free: Int, in lane: Lane) -> Int {
        1 + max(0, free) + (colleagues == nil ? 0 : settings.lane(lane.provider).broadcastSlices)
    }

    /// A slice gives half away when we have a hand free; or else when colleagues may, which shows in that none of what was given
    /// away before is left lying.
    private func mayShare(_ lane: Lane) -> Bool {
        if slots.withLock({ $0.free(.broadcast, in: lane) > 0 }) { return true }
        return colleagues != nil && spare.withLock { $0.insert(lane).inserted }
    }

    // MARK: Background

    private func poll() async {
        while (try? await clock.sleep(for: .milliseconds(settings.pollMilliseconds))) != nil { wakeUp.signal() }
    }

    private func keepLeases() async {
        while (try? await clock.sleep(for: .seconds(settings.leaseSeconds / 3))) != nil {
            do {
                try await store.renewLeases(
                    owners: leases.held, until: now().addingTimeInterval(settings.leaseSeconds))
                observer.report(.leasesRenewed)
            } catch {
                observer.report(.storeUnavailable(reason: "\(error)"))
            }
        }
    }
}
