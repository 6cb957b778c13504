import Foundation

@testable import PushSender

extension ModelStore {
    func lanesWithSlices(_ kind: SliceKind, now: Date) -> [Lane] {
        slices.filter { $0.kind == kind && $0.lease.isFree(at: now) }.map(\.slice.lane).withoutRepeats
    }

    mutating func claimSlices(_ kind: SliceKind, _ claim: Claim) -> [ClaimedSlice] {
        let due = slices.indices.filter { slices[$0].kind == kind && slices[$0].slice.lane == claim.lane }
            .filter { slices[$0].lease.isFree(at: claim.now) }
            .sorted { (slices[$0].lease.until, $0) < (slices[$1].lease.until, $1) }
            .prefix(claim.limit).sorted()
        return due.compactMap { index in
            let slice = slices[index].slice
            ledger.claims(.slice(slice.id), claim, from: slices[index].lease.owner)
            slices[index].lease = Lease(claim)
            return push(slice.push).map { ClaimedSlice(slice: slice, push: $0, owner: claim.owner) }
        }
    }

    func lanesWithRetries(now: Date) -> [Lane] {
        retries.filter { $0.dueAt <= now && $0.lease.isFree(at: now) }.map(\.lane).withoutRepeats
    }

    mutating func claimRetries(_ claim: Claim) -> [Retry] {
        let due = retries.indices.filter { retries[$0].lane == claim.lane }
            .filter { retries[$0].dueAt <= claim.now && retries[$0].lease.isFree(at: claim.now) }
            .sorted { (retries[$0].dueAt, $0) < (retries[$1].dueAt, $1) }
            .prefix(claim.limit)
        return due.map { index in
            let row = retries[index]
            ledger.claims(.retry(row.delivery), claim, from: row.lease.owner)
            retries[index].lease = Lease(claim)
            let active = devices.first { $0.device.id == row.delivery.device && $0.isActive }
            return Retry(
                push: row.delivery.push, lane: row.lane, device: row.delivery.device,
                recipient: active.map { Recipient(device: $0.device.id, token: $0.device.token) }, attempts: row.attempts)
        }
    }

    mutating func renewLeases(of owners: Set<LeaseOwner>, until: Date) {
        for index in slices.indices where slices[index].lease.owner.map(owners.contains) ?? false {
            slices[index].lease.until = until.inWholeMilliseconds
        }
        for index in retries.indices where retries[index].lease.owner.map(owners.contains) ?? false {
            retries[index].lease.until = until.inWholeMilliseconds
        }
        ledger.renewed(owners, until: until.inWholeMilliseconds)
    }

    mutating func releaseLeases(of node: LeaseOwner) {
        for index in slices.indices where slices[index].lease.isOf(node) {
            slices[index].lease = Lease()
            ledger.handedBack(.slice(slices[index].slice.id))
        }
        for index in retries.indices where retries[index].lease.isOf(node) {
            retries[index].lease = Lease()
            ledger.handedBack(.retry(retries[index].delivery))
        }
    }
}

extension ModelStore.Lease {
    init(_ claim: Claim) { self.init(owner: claim.owner, until: claim.leaseUntil.inWholeMilliseconds) }

    func isOf(_ node: LeaseOwner) -> Bool { owner?.rawValue.hasPrefix(node.rawValue + ".") ?? false }
}
