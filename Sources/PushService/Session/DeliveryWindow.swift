#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Decides what one session sends when: in order, nothing twice, nothing lost, and only so much unacknowledged.
///
/// The store numbers a user agent's messages 1, 2, 3, …, and a message is stored before it is offered. So the window
/// needs one cursor: everything up to it was sent or is gone. An offered message that is the cursor's next goes out
/// directly; any other one above it is only a hint that the store has more.
struct DeliveryWindow: Sendable {
    private let inFlightMessages: Int
    private let pageMessages: Int
    /// Every message up to this number was sent in this session, or was gone before it could be.
    private var cursor = MessageSequence.start
    /// The highest number that was offered or heard of.
    private var newestOffered = MessageSequence.start
    /// Whether the store was read to its end once: until then there may be more than was offered.
    private var hasReachedEnd: Bool
    private var load: Load?
    /// Sent and not yet acknowledged, by version.
    private var inFlight: [String: MessageID] = [:]
    /// Acknowledged in this session before being sent in it: the ack is one for the session before.
    private var acknowledgedAhead: Set<MessageSequence> = []

    /// A read that is under way.
    private struct Load: Sendable {
        let limit: Int
        /// What had been offered when it began is behind it: such a message is in its page or is gone.
        let newestOffered: MessageSequence
    }

    /// - Parameter hasBacklog: false for a user agent that was just made up: the store has nothing for it.
    init(limits: PushServiceLimits, hasBacklog: Bool) {
        inFlightMessages = max(1, limits.inFlightMessages)
        pageMessages = max(1, min(limits.pageMessages, limits.inFlightMessages))
        hasReachedEnd = !hasBacklog
    }

    private var room: Int { inFlightMessages - inFlight.count - (load?.limit ?? 0) }
    private var isCaughtUp: Bool { hasReachedEnd && cursor >= newestOffered && load == nil }

    // MARK: Offers

    enum Verdict {
        /// Send it now; the cursor has passed it.
        case send
        /// It can't go out now and exists nowhere else.
        case drop
        /// Nothing: it was sent or acknowledged already, or a load brings it.
        case leaveInStore
    }

    /// What to do with an offered message.
    mutating func offer(_ message: Message) -> Verdict {
        guard message.id.sequence.isStored else { return room > 0 ? .send : .drop }
        let isNext = isCaughtUp && message.id.sequence == cursor.next
        newestOffered = max(newestOffered, message.id.sequence)
        guard isNext, room > 0 else { return .leaveInStore }
        cursor = message.id.sequence
        return acknowledgedAhead.remove(cursor) == nil ? .send : .leaveInStore
    }

    /// The store has a message of that number: a load is due when it wasn't sent.
    mutating func hear(of sequence: MessageSequence) { newestOffered = max(newestOffered, sequence) }

    mutating func sent(_ message: MessageID, version: String) { inFlight[version] = message }

    // MARK: Loads

    /// The read that is due now, if any; the caller must carry it out.
    mutating func nextLoad() -> (after: MessageSequence, limit: Int)? {
        guard load == nil, !isCaughtUp else { return nil }
        let limit = min(room, pageMessages)
        // Reading one message for each ack would be as slow as it sounds: wait for room for a page, or for all that is left.
        guard limit > 0, limit >= min(pageMessages, waiting) else { return nil }
        load = Load(limit: limit, newestOffered: newestOffered)
        return (cursor, limit)
    }

    private var waiting: Int {
        hasReachedEnd ? Int(clamping: newestOffered.rawValue - cursor.rawValue) : .max
    }

    /// The messages of a page that are to be sent.
    mutating func loaded(_ page: MessagePage) -> [Message] {
        guard let load else { return [] }
        self.load = nil
        let messages = page.messages.filter { !acknowledgedAhead.contains($0.id.sequence) }
        cursor = max(cursor, page.coveredThrough)
        if page.reachesEnd {
            hasReachedEnd = true
            cursor = max(cursor, load.newestOffered)
        }
        acknowledgedAhead = acknowledgedAhead.filter { $0 > cursor }
        return messages
    }

    // MARK: Acknowledgements

    /// Whether the message was sent and is now done with.
    mutating func acknowledge(version: String) -> MessageID? { inFlight.removeValue(forKey: version) }

    /// An ack for a message that isn't in flight; answers whether it is one still to come, which will now be skipped.
    mutating func acknowledgeAhead(_ sequence: MessageSequence) -> Bool {
        guard sequence > cursor else { return false }
        return acknowledgedAhead.insert(sequence).inserted
    }
}
