import Foundation
import WebPush

@testable import PushSender

/// Sends a slice to its end.
final class SliceWorker: SimulatedWorker {
    private enum Phase {
        case reading
        case admitting([Recipient])
        /// A part of the slice is given away before the page flies.
        case giving(SimulatedPage, [Recipient])
        case flying(SimulatedPage)
        case recording(SimulatedPage)
    }

    let owner: LeaseOwner
    let slot: DispatchSlots.Kind?
    var steppedAt: Date
    var lane: Lane { slice.lane }
    private unowned let node: SimulatedNode
    private let push: Push
    private var slice: Slice
    private var phase = Phase.reading
    /// The page after the one in the air, once it is read.
    private var following: [Recipient]?
    private var isLast = false

    init(_ slice: Slice, _ push: Push, _ owner: LeaseOwner, _ slot: DispatchSlots.Kind, on node: SimulatedNode) {
        self.slice = slice
        self.push = push
        self.owner = owner
        self.slot = slot
        self.node = node
        steppedAt = node.world.now
    }

    private var world: World { node.world }

    func step() -> Bool {
        switch phase {
        case .reading:
            if let recipients = read() { phase = .admitting(recipients) }
        case .admitting(let recipients):
            admit(recipients)
        case .giving(let page, let recipients):
            guard let isOurs = world.record(page, owner) else { return false }
            guard isOurs else { return true }
            takeOff(recipients)
        case .flying(let page):
            if following == nil, !isLast, Bool.random(using: &world.random) { following = read() }
            if page.isReady(at: world.now, settings: world.settings) { land(page) }
        case .recording(let page):
            return record(page)
        }
        return false
    }

    private func read() -> [Recipient]? {
        world.ask { [slice, push, limit = world.settings.pageDevices] in $0.page(of: slice, audience: push.audience, limit: limit) }
    }

    private func admit(_ recipients: [Recipient]) {
        switch node.admission(of: recipients.count, in: lane, push) {
        case .go(let allowed): share(recipients, allowed)
        case .notBefore(let until): release(until)
        case nil: break
        }
    }

    private func share(_ read: [Recipient], _ allowed: Int) {
        isLast = read.count < world.settings.pageDevices && allowed >= read.count
        let recipients = Array(read.prefix(allowed))
        var kept = slice
        if let last = recipients.last { slice.cursor = DeviceCursor(shard: last.device.shard, device: last.device) }
        guard !isLast, slot == .broadcast, node.maySplit, let given = slice.split() else { return takeOff(recipients) }
        kept.range = slice.range
        phase = .giving(page(.slice(kept, isFinished: false, given: given, release: .kept)), recipients)
    }

    private func takeOff(_ recipients: [Recipient]) {
        var page = page(.slice(slice, isFinished: isLast, given: nil, release: .kept))
        let suited = recipients.filter { SimulatedProvider.suits(push, $0.token) }
        page.note.passed = suited.map(\.device)
        node.takeOff(suited.map { ($0, .init(device: $0.device, attempts: 0, isWaiting: false)) }, &page)
        phase = .flying(page)
    }

    private func land(_ flown: SimulatedPage) {
        var page = flown
        node.settle(&page)
        node.leaveInFlight(&page)
        isLast = isLast || node.isStopping
        if isLast { page.settlement.release() }
        phase = .recording(page)
    }

    private func release(_ until: Date) {
        var page = page(.slice(slice, isFinished: false, given: nil, release: .kept))
        page.settlement.release(.until(push.policy.ttl.seconds > 0 ? min(until, push.expiresAt) : world.now))
        isLast = true
        phase = .recording(page)
    }

    private func page(_ source: PageRecord.Source) -> SimulatedPage {
        SimulatedPage(push, lane: lane, source: source, settings: world.settings, now: world.now)
    }

    private func record(_ page: SimulatedPage) -> Bool {
        guard let isOurs = world.record(page, owner) else { return false }
        if isOurs { node.settleLater(page, owner) }
        phase = following.map { .admitting($0) } ?? .reading
        following = nil
        return !isOurs || isLast
    }
}
