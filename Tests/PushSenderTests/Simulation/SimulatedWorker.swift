import Foundation

@testable import PushSender

/// One of a node's hands, which holds a claim.
protocol SimulatedWorker: AnyObject {
    var owner: LeaseOwner { get }
    var lane: Lane { get }
    var slot: DispatchSlots.Kind? { get }
    var steppedAt: Date { get set }
    /// Does the next little thing, if it can be done now.
    /// - Returns: whether all is done.
    func step() -> Bool
}

enum SimulatedAdmission {
    case go(devices: Int)
    case notBefore(Date)
}

/// What all workers do with a page, as ``DispatchWorker`` does it.
extension SimulatedNode {
    /// - Returns: nil when the lane is closed for a moment only.
    func admission(of devices: Int, in lane: Lane, _ push: Push) -> SimulatedAdmission? {
        let moment = world.now
        guard devices > 0, !push.isExpired(at: moment) else { return .go(devices: devices) }
        guard let until = withGate(lane, { $0.closedUntil(now: moment) }) else {
            return .go(devices: withGate(lane) { $0.admit(devices, now: moment) })
        }
        return until.timeIntervalSince(moment) <= 1 ? nil : .notBefore(until)
    }

    func takeOff(_ attempts: [(Recipient, PageSettlement.Target)], _ page: inout SimulatedPage) {
        guard !page.push.isExpired(at: page.startedAt) else {
            for (_, target) in attempts { page.settlement.expire(target) }
            return
        }
        for (recipient, target) in attempts where !isHeldBack(recipient, target, &page) {
            let outcome = world.attempt(page.push, recipient, in: page.lane)
            let landsAt = world.now.addingTimeInterval(world.flightSeconds())
            page.inFlight.append(.init(recipient: recipient, target: target, outcome: outcome, landsAt: landsAt))
        }
    }

    private func isHeldBack(_ recipient: Recipient, _ target: PageSettlement.Target, _ page: inout SimulatedPage) -> Bool {
        let now = world.now
        guard let farSide = SimulatedProvider.farSide(of: recipient.token, in: page.lane) else { return false }
        let closedUntil: Date? = withGate(page.lane) { gate in
            gate.permit(1, farSide: farSide, now: now) == 1 ? nil : gate.closedUntil(farSide: farSide, now: now) ?? now + 1
        }
        guard let closedUntil else { return false }
        page.settlement.hold(target, until: closedUntil)
        return true
    }

    /// Settles what has landed; the rest stays in flight.
    func settle(_ page: inout SimulatedPage) {
        let landed = page.inFlight.filter { $0.landsAt <= world.now }
        page.inFlight.removeAll { $0.landsAt <= world.now }
        page.note.mayDisable = judge(landed, page.lane)
        for attempt in landed {
            page.note.landed.append((attempt.target.device, attempt.outcome))
            page.settlement.settle(
                attempt.target, attempt.outcome, startedAt: page.startedAt, mayDisable: page.note.mayDisable, random: &world.random)
        }
    }

    private func judge(_ attempts: [SimulatedPage.Attempt], _ lane: Lane) -> Bool {
        var tallies: [String: OutcomeTally] = [:]
        for attempt in attempts {
            let farSide = SimulatedProvider.farSide(of: attempt.recipient.token, in: lane) ?? LaneGate.onlyFarSide
            tallies[farSide, default: OutcomeTally()].add(attempt.outcome)
        }
        for (farSide, tally) in tallies.sorted(by: { $0.key < $1.key }) {
            _ = withGate(lane) {
                $0.observe(tally, farSide: farSide, retry: world.settings.retry, now: world.now, random: &world.random)
            }
        }
        let dead = tallies.values.reduce(0) { $0 + $1.dead }
        return withGate(lane) { $0.judgeDeadTokens(attempts: attempts.count, dead: dead, now: world.now) }.mayDisable
    }

    /// Leaves what hasn't landed to a worker of its own, once the page is recorded.
    func leaveInFlight(_ page: inout SimulatedPage) {
        for attempt in page.inFlight {
            page.settlement.leaveInFlight(attempt.target, leaseUntil: page.startedAt.addingTimeInterval(world.settings.leaseSeconds))
        }
    }

    func settleLater(_ page: SimulatedPage, _ owner: LeaseOwner) {
        if !page.inFlight.isEmpty { begin(LateWorker(page, owner, on: self)) }
    }
}
