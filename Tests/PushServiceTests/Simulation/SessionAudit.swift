import Foundation
import PushService

/// Watches what one session sends, and knows nothing of its state.
struct SessionAudit {
    let inFlightMessages: Int
    var uaid: UAID?
    private var newestSent = MessageSequence.start
    private var unacknowledged: Set<String> = []
    /// What the session must not send any more: acknowledged to it, or acknowledged and deleted before it read the store last.
    private var finished: Set<MessageSequence> = []

    init(inFlightMessages: Int) { self.inFlightMessages = inFlightMessages }

    mutating func loads(from ledger: ServiceLedger) {
        if let uaid { finished.formUnion(ledger.deleted(of: uaid)) }
    }

    mutating func hears(_ frame: ClientFrame) {
        unacknowledged.subtract(frame.acknowledged)
        finished.formUnion(frame.acknowledged.compactMap { Transcript.codec.message(token: $0)?.sequence })
    }

    mutating func sends(_ message: ServerMessage, _ ledger: ServiceLedger, now: Date) {
        guard case .notification(let channel, let version, let content) = message else { return }
        guard let id = Transcript.codec.message(token: version) else { return ledger.demand(false, "a version that is none") }
        let number = id.sequence.rawValue
        ledger.demand(id.uaid == uaid, "\(number) was sent to another user agent")
        ledger.sent(id, channel, content, now: now)
        unacknowledged.insert(version)
        ledger.demand(unacknowledged.count <= inFlightMessages, "\(unacknowledged.count) are in flight")
        guard id.sequence.isStored else { return }
        ledger.demand(id.sequence != newestSent, "\(number) was sent twice in a session")
        ledger.demand(id.sequence >= newestSent, "\(number) was sent after \(newestSent.rawValue)")
        ledger.demand(!finished.contains(id.sequence), "\(number) was sent after it was done with")
        newestSent = max(newestSent, id.sequence)
    }
}
