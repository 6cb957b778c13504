import Foundation

@testable import PushSender

extension ModelStore {
    enum Recorded {
        case counted
        /// An earlier commit of this very page took effect, though its answer was lost.
        case before
        case lost
    }

    mutating func record(_ page: PageRecord, owner: LeaseOwner) -> Recorded {
        switch standing(page, owner) {
        case .lost: return .lost
        case .before: return .before
        case .counted: break
        }
        moveSlice(page)
        for device in page.settled { settle(Delivery(push: page.push, device: device)) }
        let waiting = page.postponed.filter { !postpone($0, page, owner) }.count
        for failure in page.failures { ledger.failed(Delivery(push: page.push, device: failure.device), failure.kind) }
        for dead in page.dead { disable(dead) }
        for moved in page.moved { move(moved) }
        count(page, alreadyWaiting: waiting)
        return .counted
    }

    private func standing(_ page: PageRecord, _ owner: LeaseOwner) -> Recorded {
        switch page.source {
        case .slice(let slice, let isFinished, let given, _):
            guard let row = slices.first(where: { $0.slice.id == slice.id && $0.lease.owner == owner }) else { return .lost }
            guard !isFinished, row.slice.cursor == slice.cursor, row.slice.range == slice.range else { return .counted }
            return page.counters != PushCounters() || given != nil ? .before : .counted
        case .retries:
            let devices = page.settled + page.postponed.map(\.device)
            let held = retries.filter { $0.delivery.push == page.push && $0.lease.owner == owner }.map(\.delivery.device)
            return devices.allSatisfy(held.contains) ? .counted : .lost
        }
    }

    private mutating func moveSlice(_ page: PageRecord) {
        guard case .slice(let slice, let isFinished, let given, let release) = page.source,
            let index = slices.firstIndex(where: { $0.slice.id == slice.id })
        else { return }
        if isFinished {
            slices.remove(at: index)
            ledger.released(.slice(slice.id))
        } else {
            slices[index].slice.range = slice.range
            slices[index].slice.cursor = slice.cursor
            if case .until(let due) = release {
                slices[index].lease = Lease(owner: nil, until: due?.inWholeMilliseconds ?? .distantPast)
                ledger.released(.slice(slice.id))
            }
        }
        if let given { insertSlice(page.push, page.lane, .broadcast, given, Lease()) }
    }

    private mutating func settle(_ delivery: Delivery) {
        retries.removeAll { $0.delivery == delivery }
        ledger.released(.retry(delivery))
    }

    /// - Returns: false when the device waits already, because its lane changed and a second slice came upon it: it counts once.
    private mutating func postpone(_ postponed: PageRecord.Postponed, _ page: PageRecord, _ owner: LeaseOwner) -> Bool {
        let delivery = Delivery(push: page.push, device: postponed.device)
        let row = RetryRow(
            delivery: delivery, lane: page.lane, attempts: postponed.attempts, dueAt: postponed.dueAt.inWholeMilliseconds,
            lease: postponed.leaseUntil.map { Lease(owner: owner, until: $0.inWholeMilliseconds) } ?? Lease())
        guard let index = retries.firstIndex(where: { $0.delivery == delivery }) else {
            retries.append(row)
            if let owner = row.lease.owner { ledger.holds(.retry(delivery), owner, until: row.lease.until) }
            return true
        }
        guard page.source == .retries else {
            ledger.waitsAlready(delivery)
            return false
        }
        retries[index].attempts = row.attempts
        retries[index].dueAt = row.dueAt
        retries[index].lease = row.lease
        ledger.released(.retry(delivery))
        return true
    }

    private mutating func disable(_ dead: PageRecord.Dead) {
        guard let index = devices.firstIndex(where: { $0.device.id == dead.device && $0.device.registeredAt <= dead.asOf }) else { return }
        ledger.disables(devices[index].device, asOf: dead.asOf)
        change(index) { $0.disabledAt = dead.asOf }
    }

    private mutating func move(_ moved: PageRecord.Moved) {
        guard let index = devices.firstIndex(where: { $0.device.id == moved.device }) else { return }
        change(index) { $0.token = moved.token }
    }

    private mutating func count(_ page: PageRecord, alreadyWaiting: Int) {
        guard let index = pushes.firstIndex(where: { $0.push.id == page.push }) else { return }
        pushes[index].counters = pushes[index].counters + page.counters
        pushes[index].counters.retrying -= alreadyWaiting
        let rows = retries.filter { $0.delivery.push == page.push }.count
        ledger.mustWait(rows, pushes[index])
        guard pushes[index].counters.retrying == 0, pushes[index].finishedAt == nil else { return }
        if !slices.contains(where: { $0.slice.push == page.push }) { pushes[index].finishedAt = page.recordedAt }
    }
}
