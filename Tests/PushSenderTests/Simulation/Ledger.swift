import Foundation

@testable import PushSender

/// One push to one device.
struct Delivery: Hashable {
    let push: PushID
    let device: DeviceID
}

/// What nodes tell of a page beside its record.
struct PageNote {
    /// The devices that the cursor passed on this page; none on a page of retries.
    var passed: [DeviceID] = []
    /// The attempts that had landed when the record was made.
    var landed: [(device: DeviceID, outcome: Outcome)] = []
    /// Whether dead tokens were to be believed.
    var mayDisable = true
}

/// Watches from outside what nodes and the store do, and says where they break a promise. Knows none of their state.
final class Ledger {
    enum Holding: Hashable {
        case slice(Int64)
        case retry(Delivery)
    }

    private struct Account {
        var attempts = 0
        var passed = 0
        /// How often the device counts among the push's.
        var counted = 0
        /// Landed, recorded, and followed by another attempt.
        var explained = 0
        /// Landed, recorded, and counted towards the backoff.
        var burned = 0
        var accepted = 0
        var failure: DeliveryFailure.Kind?
    }

    private(set) var violations: [String] = []
    /// Kills, pauses, lost answers, outages, and devices met in two lanes.
    private(set) var incidents = 0
    private var slicesTakenOver = 0
    private var retriesTakenOver = 0
    private var accounts: [Delivery: Account] = [:]
    /// Devices that each push must reach: those of its audience that have been active, in one lane, ever since.
    private var steadfast: [PushID: Set<DeviceID>] = [:]
    private var moved: Set<DeviceID> = []
    private var leases: [Holding: ModelStore.Lease] = [:]
    /// The moments as of which a device was called dead.
    private var deathNotes: [DeviceID: Set<Date>] = [:]

    private func demand(_ holds: Bool, _ otherwise: @autoclosure () -> String) {
        if !holds, violations.count < 20 { violations.append(otherwise()) }
    }

    func incident() { incidents += 1 }

    // MARK: Whom a push must reach

    func accepted(_ push: Push, _ audience: [Device]) {
        steadfast[push.id] = Set(audience.filter { SimulatedProvider.suits(push, $0.token) }.map(\.id))
    }

    func wentAway(_ device: DeviceID) { for push in steadfast.keys { steadfast[push]?.remove(device) } }
    func changedLane(_ device: DeviceID) { moved.insert(device) }

    // MARK: Leases

    func claims(_ holding: Holding, _ claim: Claim, from earlier: LeaseOwner?) {
        if let held = leases[holding] {
            demand(held.isFree(at: claim.now), "\(holding) is claimed by \(claim.owner.rawValue) while \(held) stands")
        }
        if earlier != nil { takesOver(holding) }
        holds(holding, claim.owner, until: claim.leaseUntil)
    }

    private func takesOver(_ holding: Holding) {
        demand(incidents > 0, "\(holding) was left behind though nothing went wrong")
        switch holding {
        case .slice: slicesTakenOver += 1
        case .retry: retriesTakenOver += 1
        }
    }

    func holds(_ holding: Holding, _ owner: LeaseOwner, until: Date) { leases[holding] = .init(owner: owner, until: until) }
    func released(_ holding: Holding) { leases[holding] = nil }

    /// By a node that leaves, of what it doesn't know that it holds.
    func handedBack(_ holding: Holding) {
        takesOver(holding)
        released(holding)
    }

    func renewed(_ owners: Set<LeaseOwner>, until: Date) {
        for (holding, lease) in leases where lease.owner.map(owners.contains) ?? false { leases[holding]?.until = until }
    }

    func mustNotOverlap(_ slices: [Slice]) {
        let ranges = slices.map(\.range).sorted { $0.first < $1.first }
        for (left, right) in zip(ranges, ranges.dropFirst()) {
            demand(left.last < right.first, "slices of a push overlap: \(left) and \(right)")
        }
    }

    // MARK: Attempts

    func attempts(_ push: Push, _ device: DeviceID, _ outcome: Outcome, at moment: Date) {
        demand(!push.isExpired(at: moment), "\(push.id.rawValue) is sent to \(device.rawValue) after its expiry")
        accounts[Delivery(push: push.id, device: device), default: Account()].attempts += 1
        switch outcome {
        case .accepted, .replaced: accounts[Delivery(push: push.id, device: device)]?.accepted += 1
        case .unregistered(let since): deathNotes[device, default: []].insert(since ?? moment)
        default: break
        }
    }

    /// Two lanes contend for one row; the page of the one that loses may be sent twice.
    func waitsAlready(_ delivery: Delivery) {
        demand(moved.contains(delivery.device), "\(delivery) waits already")
        incident()
        accounts[delivery, default: Account()].counted -= 1
    }

    func counted(_ page: PageRecord, _ note: PageNote) {
        for device in note.passed {
            let delivery = Delivery(push: page.push, device: device)
            accounts[delivery, default: Account()].passed += 1
            accounts[delivery]?.counted += 1
            demand(accounts[delivery]?.passed == 1 || moved.contains(device), "a cursor passed \(delivery) twice")
        }
        let postponed = Set(page.postponed.map(\.device))
        for (device, outcome) in note.landed {
            let delivery = Delivery(push: page.push, device: device)
            if postponed.contains(device) { accounts[delivery]?.explained += 1 }
            if outcome.burnsAnAttempt { accounts[delivery]?.burned += 1 }
        }
        for row in page.postponed {
            let burned = accounts[Delivery(push: page.push, device: row.device)]?.burned ?? 0
            demand(
                row.attempts == burned || moved.contains(row.device),
                "\(row.device.rawValue) of \(page.push.rawValue) counts \(row.attempts) attempts, not \(burned)")
        }
        demand(note.mayDisable || page.dead.isEmpty, "devices are disabled while too many die at once")
    }

    func failed(_ delivery: Delivery, _ kind: DeliveryFailure.Kind) { accounts[delivery, default: Account()].failure = kind }

    func disables(_ device: Device, asOf moment: Date) {
        let isProven = deathNotes[device.id]?.contains(moment) ?? false
        demand(isProven && moment >= device.registeredAt, "\(device.id.rawValue) is disabled without proof as of \(moment)")
    }

    func mustWait(_ rows: Int, _ push: ModelStore.PushRow) {
        demand(push.counters.retrying == rows, "\(push.push.id.rawValue) counts \(push.counters.retrying) retrying, not \(rows)")
        demand(push.finishedAt == nil, "\(push.push.id.rawValue) goes on after its end")
    }

    // MARK: The end

    func close(_ store: ModelStore, pageDevices: Int) {
        guard violations.isEmpty else { return }
        demand(store.isSettled, "it never settled: \(store.slices.count) slices and \(store.retries.count) retries are left")
        for push in store.pushes { balance(push) }
        let repeats = accounts.values.reduce(0) { $0 + max(0, $1.attempts - $1.explained - $1.passed) }
        demand(
            repeats <= slicesTakenOver * pageDevices + retriesTakenOver,
            "\(repeats) repeats, though only \(slicesTakenOver) slices and \(retriesTakenOver) retries were taken over")
    }

    private func balance(_ push: ModelStore.PushRow) {
        let id = push.push.id, counters = push.counters
        let mine = accounts.filter { $0.key.push == id }.values
        let counted = mine.reduce(0) { $0 + $1.counted }
        demand(counters.total == counted && counters.retrying == 0, "\(id.rawValue) counts \(counters), not \(counted) devices")
        let accepted = mine.reduce(0) { $0 + min($1.accepted, $1.passed) }
        demand(counters.accepted <= accepted, "\(id.rawValue) counts \(counters.accepted) accepted, not \(accepted)")
        for device in (steadfast[id] ?? []).sorted(by: { $0.rawValue < $1.rawValue }) {
            let account = accounts[Delivery(push: id, device: device)] ?? Account()
            demand(account.passed == 1, "\(id.rawValue) passed \(device.rawValue) \(account.passed) times")
            demand(account.attempts > 0 || account.failure == .expired, "\(id.rawValue) never tried \(device.rawValue)")
        }
    }
}

extension Outcome {
    /// Whether the next attempt waits longer for it.
    var burnsAnAttempt: Bool {
        switch self {
        case .throttled, .unavailable: true
        default: false
        }
    }
}
