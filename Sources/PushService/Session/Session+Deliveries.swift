#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Sending messages and ending them.
extension Session.Ready {
    mutating func loadIfDue() -> [SessionAction] {
        switch window.nextRead() {
        case .load(let after, let limit): [.load(uaid, after: after, limit: limit)]
        case .probe(let after, let urgency): [.probe(uaid, after: after, urgency)]
        case nil: []
        }
    }

    mutating func deliver(_ messages: [Message], now: Date) -> [SessionAction] {
        messages.flatMap { send($0, fromBacklog: true, now: now) }
    }

    mutating func offer(_ message: Message, now: Date) -> [SessionAction] {
        guard message.id.uaid == uaid else { return [] }
        switch window.offer(message) {
        case .send: return send(message, fromBacklog: false, now: now)
        case .drop: return [.note(.endedUnstored(.dropped))]
        case .leaveInStore: return []
        }
    }

    private mutating func send(_ message: Message, fromBacklog: Bool, now: Date) -> [SessionAction] {
        guard !message.id.sequence.isStored || now < message.expiresAt else { return [.note(.expired)] }
        let version = codec.token(for: message.id)
        window.sent(message.id, version: version)
        return [
            .send(.notification(message.channel, version: version, message.content)),
            .note(.sent(fromBacklog: fromBacklog)),
        ]
    }

    mutating func acknowledge(_ acknowledgements: [Acknowledgement]) -> [SessionAction] {
        var finished: [EndedMessage] = []
        var notes: [SessionAction] = []
        for acknowledgement in acknowledgements {
            guard let message = end(acknowledgement.version) else {
                notes.append(.note(.strayAcknowledgement))
                continue
            }
            let ending = acknowledgement.verdict.ending
            if message.sequence.isStored {
                finished.append(EndedMessage(message, ending))
            } else {
                notes.append(.note(.endedUnstored(ending)))
            }
            notes.append(.note(.acknowledged(acknowledgement.verdict)))
        }
        return (finished.isEmpty ? [] : [.delete(finished)]) + notes
    }

    /// The message that an ack ends; nil if there is nothing to end.
    private mutating func end(_ version: String) -> MessageID? {
        if let message = window.acknowledge(version: version) { return message }
        // A user agent may acknowledge on a new connection what it got on the one before.
        guard let message = codec.message(token: version), message.uaid == uaid,
            window.acknowledgeAhead(message.sequence)
        else { return nil }
        return message
    }
}
