import Foundation

@testable import PushSender

/// The store as its port describes it, in memory: what the databases are held to, without a database.
struct ModelStore {
    struct Lease {
        var owner: LeaseOwner?
        var until = Date.distantPast

        func isFree(at now: Date) -> Bool { until <= now }
    }

    struct SliceRow {
        var slice: Slice
        let kind: SliceKind
        var lease: Lease
    }

    struct RetryRow {
        let delivery: Delivery
        let lane: Lane
        var attempts: Int
        var dueAt: Date
        var lease: Lease
    }

    struct PushRow {
        let push: Push
        var counters = PushCounters()
        var finishedAt: Date?
    }

    struct DeviceRow {
        let shard: Int
        var device: Device
        var lane: Lane { Lane(app: device.app, provider: device.provider, environment: device.token.environment) }
        var isActive: Bool { device.disabledAt == nil }
    }

    let ledger: Ledger
    /// In the order of their ids.
    var slices: [SliceRow] = []
    var retries: [RetryRow] = []
    var pushes: [PushRow] = []
    /// In the order in which cursors walk.
    private(set) var devices: [DeviceRow] = []
    private var latestSlice: Int64 = 0

    init(ledger: Ledger) { self.ledger = ledger }

    var isSettled: Bool { slices.isEmpty && retries.isEmpty && pushes.allSatisfy { $0.finishedAt != nil } }

    // MARK: Accepting

    mutating func accept(_ push: Push, lanes: [Lane], lease: Lease) -> [Slice] {
        pushes.append(PushRow(push: push, finishedAt: lanes.isEmpty ? push.createdAt : nil))
        let audience = devices.filter { $0.isActive && lanes.contains($0.lane) && push.audience.includes($0.device.id) }
        ledger.accepted(push, audience.map(\.device))
        return lanes.map { insertSlice(push.id, $0, push.audience.kind, .all, lease) }
    }

    /// The lanes of the devices that are active.
    func lanes(of audience: Audience) -> [Lane] {
        devices.filter { $0.isActive && audience.includes($0.device.id) }.map(\.lane).withoutRepeats
    }

    @discardableResult
    mutating func insertSlice(_ push: PushID, _ lane: Lane, _ kind: SliceKind, _ range: ShardRange, _ lease: Lease) -> Slice {
        latestSlice += 1
        let slice = Slice(id: latestSlice, push: push, lane: lane, range: range, cursor: nil)
        slices.append(SliceRow(slice: slice, kind: kind, lease: lease))
        if let owner = lease.owner { ledger.holds(.slice(slice.id), owner, until: lease.until) }
        ledger.mustNotOverlap(slices.map(\.slice).filter { $0.push == push && $0.lane == lane })
        return slice
    }

    // MARK: Reading

    func push(_ id: PushID) -> Push? { pushes.first { $0.push.id == id }?.push }

    func page(of slice: Slice, audience: Audience, limit: Int) -> [Recipient] {
        devices.lazy.filter { row in
            row.isActive && row.lane == slice.lane && audience.includes(row.device.id)
                && row.shard >= slice.range.first && row.shard <= slice.range.last
                && slice.cursor.map { ($0.shard, $0.device.rawValue) < (row.shard, row.device.id.rawValue) } ?? true
        }.prefix(limit).map { Recipient(device: $0.device.id, token: $0.device.token) }
    }

    // MARK: Devices

    mutating func register(_ device: Device) {
        let row = DeviceRow(shard: device.id.shard, device: device)
        let place = devices.firstIndex { ($0.shard, $0.device.id.rawValue) >= (row.shard, row.device.id.rawValue) } ?? devices.endIndex
        if place < devices.endIndex, devices[place].device.id == device.id {
            change(place) { $0 = device }
        } else {
            devices.insert(row, at: place)
        }
    }

    mutating func remove(at index: Int) { ledger.wentAway(devices.remove(at: index).device.id) }

    /// Devices that change under a push's feet are nobody's promise any more.
    mutating func change(_ index: Int, _ change: (inout Device) -> Void) {
        let before = devices[index]
        change(&devices[index].device)
        if !devices[index].isActive || devices[index].lane != before.lane { ledger.wentAway(before.device.id) }
        if devices[index].lane != before.lane { ledger.changedLane(before.device.id) }
    }
}

extension Date {
    /// As databases keep it.
    var inWholeMilliseconds: Date { Date(timeIntervalSince1970: (timeIntervalSince1970 * 1000).rounded() / 1000) }
}

extension Audience {
    func includes(_ device: DeviceID) -> Bool { everyone || devices.contains(device) }
}

extension [Lane] {
    /// Each once, in the order of their first appearance: a set's order would differ from run to run.
    var withoutRepeats: [Lane] { reduce(into: []) { if !$0.contains($1) { $0.append($1) } } }
}
