import Foundation

@testable import PushSender

/// Sends a page of retries, push by push.
final class RetryWorker: SimulatedWorker {
    private enum Phase {
        case admitting
        case flying(SimulatedPage)
        case recording(SimulatedPage)
    }

    let owner: LeaseOwner
    let lane: Lane
    var steppedAt: Date
    let slot: DispatchSlots.Kind? = .retry
    private unowned let node: SimulatedNode
    /// Of one push each.
    private var groups: [[Retry]]
    private var phase = Phase.admitting

    init(_ retries: [Retry], in lane: Lane, _ owner: LeaseOwner, on node: SimulatedNode) {
        groups = Dictionary(grouping: retries, by: \.push.rawValue).sorted { $0.key < $1.key }.map(\.value)
        self.lane = lane
        self.owner = owner
        self.node = node
        steppedAt = node.world.now
    }

    private var world: World { node.world }

    func step() -> Bool {
        switch phase {
        case .admitting:
            guard let group = groups.first else { return true }
            if let first = group.first, let push = world.store.push(first.push) { admit(group, of: push) }
        case .flying(let page):
            if page.isReady(at: world.now, settings: world.settings) { land(page) }
        case .recording(let page):
            record(page)
        }
        return false
    }

    private func admit(_ group: [Retry], of push: Push) {
        let attempts = group.compactMap { retry in
            retry.recipient.map { ($0, PageSettlement.Target(device: retry.device, attempts: retry.attempts, isWaiting: true)) }
        }
        guard let admission = node.admission(of: attempts.count, in: lane, push) else { return }
        groups.removeFirst()
        var page = SimulatedPage(push, lane: lane, source: .retries, settings: world.settings, now: world.now)
        for retry in group where retry.recipient == nil {
            page.settlement.lose(.init(device: retry.device, attempts: retry.attempts, isWaiting: true))
        }
        switch admission {
        case .go(let allowed):
            for (_, target) in attempts.dropFirst(allowed) { page.settlement.hold(target, until: world.now + 1) }
            node.takeOff(Array(attempts.prefix(allowed)), &page)
        case .notBefore(let until):
            for (_, target) in attempts { page.settlement.hold(target, until: until) }
        }
        phase = .flying(page)
    }

    private func land(_ flown: SimulatedPage) {
        var page = flown
        node.settle(&page)
        node.leaveInFlight(&page)
        phase = .recording(page)
    }

    private func record(_ page: SimulatedPage) {
        guard let isOurs = world.record(page, owner) else { return }
        if isOurs { node.settleLater(page, owner) }
        phase = .admitting
    }
}

/// Waits for the attempts that hadn't landed when their page was recorded.
final class LateWorker: SimulatedWorker {
    let owner: LeaseOwner
    let slot: DispatchSlots.Kind? = nil
    var steppedAt: Date
    var lane: Lane { flown.lane }
    private unowned let node: SimulatedNode
    private let flown: SimulatedPage
    private var settled: SimulatedPage?

    init(_ page: SimulatedPage, _ owner: LeaseOwner, on node: SimulatedNode) {
        flown = page
        self.owner = owner
        self.node = node
        steppedAt = node.world.now
    }

    func step() -> Bool {
        if let settled { return node.world.record(settled, owner) != nil }
        if flown.inFlight.allSatisfy({ $0.landsAt <= node.world.now }) { land() }
        return false
    }

    private func land() {
        let world = node.world
        var page = SimulatedPage(flown.push, lane: lane, source: .retries, settings: world.settings, now: world.now)
        page.startedAt = flown.startedAt
        page.inFlight = flown.inFlight.map {
            .init(recipient: $0.recipient, target: $0.target.waiting, outcome: $0.outcome, landsAt: $0.landsAt)
        }
        node.settle(&page)
        settled = page
    }
}
