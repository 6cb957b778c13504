import Foundation
import PushService

/// Watches from outside what nodes, the store and user agents do, and says where a promise is broken.
final class ServiceLedger {
    private(set) var violations: [String] = []
    private(set) var received: Set<MessageID> = []
    private var messages: [MessageID: Message] = [:]
    /// What the store must have, in the order of the numbers.
    private var waiting: [UAID: [Waiting]] = [:]
    private var deleted: [UAID: Set<MessageSequence>] = [:]
    private var unstoredSent: Set<MessageID> = []
    private var newestConnections: [UAID: ConnectionNumber] = [:]

    private struct Waiting {
        let sequence: MessageSequence
        let message: NewMessage
    }

    func demand(_ holds: Bool, _ otherwise: @autoclosure () -> String) {
        if !holds, violations.count < 20 { violations.append(otherwise()) }
    }

    // MARK: Messages

    /// One of TTL 0 was posted.
    func posted(_ message: Message) { messages[message.id] = message }

    func stored(_ message: NewMessage, _ result: StoreResult) {
        demand(message.isStorable, "a message of TTL 0 was stored")
        guard case .stored(let sequence, let pushedOut, _) = result else { return demand(false, "a registered channel is gone") }
        let uaid = message.channel.uaid, numbered = message.numbered(sequence)
        messages[numbered.id] = numbered
        waiting[uaid, default: []].removeAll { message.replaces($0.message) }
        waiting[uaid, default: []].append(Waiting(sequence: sequence, message: message))
        waiting[uaid] = Array(waiting[uaid, default: []].dropFirst(pushedOut))
    }

    func deleted(_ ids: [MessageID]) {
        for id in ids {
            demand(received.contains(id), "\(id.sequence.rawValue) was deleted before it was received")
            waiting[id.uaid, default: []].removeAll { $0.sequence == id.sequence }
            deleted[id.uaid, default: []].insert(id.sequence)
        }
    }

    func deleted(of uaid: UAID) -> Set<MessageSequence> { deleted[uaid, default: []] }

    // MARK: Deliveries

    func sent(_ id: MessageID, _ channel: ChannelID, _ content: MessageContent, now: Date) {
        let number = id.sequence.rawValue
        guard let message = messages[id] else { return demand(false, "\(number) was never posted") }
        demand(message.channel == channel && message.content == content, "\(number) isn't what was posted")
        if id.sequence.isStored {
            demand(now < message.expiresAt, "\(number) was sent expired")
        } else {
            demand(unstoredSent.insert(id).inserted, "a message of TTL 0 was sent twice")
        }
    }

    func received(_ version: String, by uaid: UAID?) {
        guard let id = Transcript.codec.message(token: version) else { return }
        demand(id.uaid == uaid, "a user agent has another one's message")
        received.insert(id)
    }

    // MARK: Connections

    func connected(_ uaid: UAID, _ number: ConnectionNumber) { newestConnections[uaid] = number }

    func replaced(_ uaid: UAID, _ number: ConnectionNumber) {
        demand(number < newestConnections[uaid, default: .first], "the newest connection (\(number.rawValue)) was replaced")
    }

    // MARK: The balance

    /// Every user agent is connected and has acknowledged all it got: nothing that still counts may be left.
    func close(now: Date) {
        for (uaid, left) in waiting.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            for message in left where message.message.expiresAt > now {
                let isReceived = received.contains(MessageID(uaid: uaid, sequence: message.sequence))
                demand(false, "\(message.sequence.rawValue) " + (isReceived ? "was acknowledged and stays" : "never arrived"))
            }
        }
    }
}

extension NewMessage {
    fileprivate func replaces(_ other: NewMessage) -> Bool {
        collapseKey != nil && collapseKey == other.collapseKey && channel == other.channel
    }
}
