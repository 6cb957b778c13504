import Foundation

@testable import PushSender

/// One process that sends: what the dispatcher does, without tasks. Its scheduler calls it whenever it pleases.
final class SimulatedNode {
    let name: LeaseOwner
    let leases: LeaseBook
    unowned let world: World
    var pausedUntil: Date?
    var isStopping = false
    private(set) var workers: [any SimulatedWorker] = []
    private var gates: [Lane: LaneGate] = [:]
    private var slots: DispatchSlots
    private var renewsAt: Date

    init(_ number: Int, in world: World) {
        self.world = world
        name = LeaseOwner(rawValue: "node\(number)")
        leases = LeaseBook(node: name)
        slots = DispatchSlots(world.settings)
        renewsAt = world.now.addingTimeInterval(world.settings.leaseSeconds / 3)
    }

    var isPaused: Bool { pausedUntil.map { $0 > world.now } ?? false }
    var hasStopped: Bool { isStopping && workers.isEmpty }

    func step() {
        guard Bool.random(using: &world.random), let worker = workers.randomElement(using: &world.random) else { return claim() }
        step(worker)
    }

    /// A process that is well comes round to everything within seconds.
    func catchUp() {
        guard !isPaused else { return }
        for worker in workers where world.now.timeIntervalSince(worker.steppedAt) > 3 { step(worker) }
    }

    private func step(_ worker: any SimulatedWorker) {
        worker.steppedAt = world.now
        guard worker.step() else { return }
        workers.removeAll { $0 === worker }
        leases.close(worker.owner)
        if let slot = worker.slot { slots.give(slot, in: worker.lane) }
    }

    /// The clock has moved on.
    func keepLeases() {
        guard !isPaused, world.now >= renewsAt else { return }
        renewsAt = world.now.addingTimeInterval(world.settings.leaseSeconds / 3)
        let owners = Set(leases.held), until = world.now.addingTimeInterval(world.settings.leaseSeconds)
        _ = world.ask { $0.renewLeases(of: owners, until: until) }
    }

    // MARK: Claiming

    /// Accepts a push, with the first lease its own where there is room.
    func accept(_ push: Push, _ lanes: [Lane]) {
        let isFirstHand = push.audience.isDirect && lanes.allSatisfy { isOpen($0) && slots.free(.direct, in: $0) > 0 }
        let owner = leases.open()
        defer { leases.close(owner) }
        let lease = isFirstHand ? ModelStore.Lease(owner: owner, until: leaseUntil) : .init()
        guard let slices = world.ask({ $0.accept(push, lanes: lanes, lease: lease) }), isFirstHand else { return }
        for slice in slices { begin(SliceWorker(slice, push, owner, .direct, on: self)) }
    }

    private func claim() {
        guard !isStopping else { return }
        switch Int.random(in: 0..<3, using: &world.random) {
        case 0: claimSlices(.direct, .direct)
        case 1: claimRetries()
        default: claimSlices(.broadcast, .broadcast)
        }
    }

    private func claimSlices(_ kind: SliceKind, _ slot: DispatchSlots.Kind) {
        guard let lanes = world.ask({ [now = world.now] in $0.lanesWithSlices(kind, now: now) }) else { return }
        for lane in lanes where isOpen(lane) && slots.free(slot, in: lane) > 0 {
            let claim = claim(slots.free(slot, in: lane), in: lane)
            defer { leases.close(claim.owner) }
            guard let claimed = world.ask({ $0.claimSlices(kind, claim) }) else { return }
            for work in claimed { begin(SliceWorker(work.slice, work.push, work.owner, slot, on: self)) }
        }
    }

    private func claimRetries() {
        guard let lanes = world.ask({ [now = world.now] in $0.lanesWithRetries(now: now) }) else { return }
        for lane in lanes where isOpen(lane) && slots.free(.retry, in: lane) > 0 {
            let claim = claim(world.settings.retryPageDevices, in: lane)
            defer { leases.close(claim.owner) }
            guard let retries = world.ask({ $0.claimRetries(claim) }) else { return }
            if !retries.isEmpty { begin(RetryWorker(retries, in: lane, claim.owner, on: self)) }
        }
    }

    private func claim(_ limit: Int, in lane: Lane) -> Claim {
        Claim(lane: lane, limit: limit, owner: leases.open(), now: world.now, leaseUntil: leaseUntil)
    }

    private var leaseUntil: Date { world.now.addingTimeInterval(world.settings.leaseSeconds) }

    private func isOpen(_ lane: Lane) -> Bool { withGate(lane) { $0.closedUntil(now: world.now) } == nil }

    func begin(_ worker: any SimulatedWorker) {
        leases.hold(worker.owner)
        if let slot = worker.slot { slots.take(slot, in: worker.lane, 1) }
        workers.append(worker)
    }

    func withGate<Result>(_ lane: Lane, _ work: (inout LaneGate) -> Result) -> Result {
        work(&gates[lane, default: LaneGate(world.settings.lane(lane.provider), breaker: world.settings.breaker)])
    }

    var maySplit: Bool { Bool.random(using: &world.random) }
}
