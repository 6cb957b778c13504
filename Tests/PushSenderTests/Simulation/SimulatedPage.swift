import Foundation

@testable import PushSender

/// A page on its way through a node: what is in the air, and what came of it so far.
struct SimulatedPage {
    struct Attempt {
        let recipient: Recipient
        let target: PageSettlement.Target
        let outcome: Outcome
        let landsAt: Date
    }

    let push: Push
    var startedAt: Date
    var settlement: PageSettlement
    var note = PageNote()
    /// What hasn't been settled yet.
    var inFlight: [Attempt] = []

    init(_ push: Push, lane: Lane, source: PageRecord.Source, settings: DispatchSettings, now: Date) {
        self.push = push
        startedAt = now
        settlement = PageSettlement(push, lane: lane, source: source, policy: settings.retry, now: now)
    }

    var lane: Lane { settlement.record.lane }

    func isReady(at now: Date, settings: DispatchSettings) -> Bool {
        inFlight.allSatisfy { $0.landsAt <= now } || now.timeIntervalSince(startedAt) >= Double(settings.stragglerMilliseconds) / 1000
    }
}
