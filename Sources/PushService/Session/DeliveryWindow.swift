import WebPush

/// Decides what one session sends when: in order, nothing twice, nothing lost, and only so much unacknowledged.
///
/// The store numbers a user agent's messages 1, 2, 3, …, and a message is stored before it is offered. So the window
/// needs one cursor: everything up to it was sent or is gone. An offered message that is the cursor's next goes out
/// directly; any other one above it is only a hint that the store has more.
///
/// A user agent may say which urgency is worth waking it for. Until a message of that urgency comes, or the user agent shows itself to
/// be awake, the others stay in the store; then all that waits goes out with it.
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
    private var inFlightUnstored = 0
    /// Acknowledged in this session before being sent in it: the ack is one for the session before.
    private var acknowledgedAhead: Set<MessageSequence> = []
    /// The lowest urgency that is worth waking the user agent for.
    private var wanted: Urgency
    /// Whether all that is in the store may go out.
    private var isAwake: Bool
    private var probe: Probe

    /// What is known of urgent messages in the store while the user agent is not to be woken.
    private enum Probe: Sendable { case unneeded, due, underWay, underWayAndDueAgain }

    /// A read that is under way.
    private struct Load: Sendable {
        let limit: Int
        /// What had been offered when it began is behind it: such a message is in its page or is gone.
        let newestOffered: MessageSequence
    }

    /// - Parameters:
    ///   - hasBacklog: false for a user agent that was just made up: the store has nothing for it.
    ///   - wanted: the lowest urgency that is worth waking it for.
    init(limits: PushServiceLimits, hasBacklog: Bool, wanted: Urgency = .veryLow) {
        self.wanted = wanted
        isAwake = wanted == .veryLow
        probe = hasBacklog && wanted > .veryLow ? .due : .unneeded
        inFlightMessages = max(1, limits.inFlightMessages)
        pageMessages = max(1, min(limits.pageMessages, limits.inFlightMessages))
        hasReachedEnd = !hasBacklog
    }

    var inFlightCount: InFlight { InFlight(stored: inFlight.count - inFlightUnstored, unstored: inFlightUnstored) }
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
        let isWanted = isAwake || message.urgency >= wanted
        guard message.id.sequence.isStored else { return room > 0 && isWanted ? .send : .drop }
        if isWanted { isAwake = true }
        defer { sleepIfDone() }
        let isNext = isCaughtUp && message.id.sequence == cursor.next
        newestOffered = max(newestOffered, message.id.sequence)
        guard isNext, isWanted, room > 0 else { return .leaveInStore }
        cursor = message.id.sequence
        return acknowledgedAhead.remove(cursor) == nil ? .send : .leaveInStore
    }

    /// The store has a message of that number: a load is due when it wasn't sent.
    mutating func hear(of sequence: MessageSequence) {
        guard sequence > newestOffered else { return }
        newestOffered = sequence
        if !isAwake { askAgain() }
    }

    mutating func sent(_ message: MessageID, version: String) {
        if inFlight.updateValue(message, forKey: version) == nil, !message.sequence.isStored { inFlightUnstored += 1 }
    }

    // MARK: Urgency

    /// The user agent wants to be woken for this urgency from now on.
    mutating func want(_ urgency: Urgency) {
        wanted = urgency
        isAwake = urgency == .veryLow
        askAgain()
    }

    /// The user agent is awake anyway: what waits may go along.
    mutating func wake() {
        isAwake = true
        sleepIfDone()
    }

    /// The answer to the probe that ``nextRead()`` asked for.
    mutating func probed(_ isUrgent: Bool) {
        if isUrgent { isAwake = true }
        probe = probe == .underWayAndDueAgain && !isUrgent ? .due : .unneeded
        sleepIfDone()
    }

    private mutating func askAgain() {
        probe = probe == .underWay || probe == .underWayAndDueAgain ? .underWayAndDueAgain : .due
    }

    private mutating func sleepIfDone() {
        if isAwake, wanted > .veryLow, isCaughtUp { isAwake = false }
    }

    // MARK: Reads

    /// Something to be read in the store.
    enum Read: Hashable {
        case load(after: MessageSequence, limit: Int)
        /// Is there anything above `after` that is at least so urgent?
        case probe(after: MessageSequence, Urgency)
    }

    /// The read that is due now, if any; the caller must carry it out.
    mutating func nextRead() -> Read? {
        guard !isAwake else { return nextLoad().map { .load(after: $0.after, limit: $0.limit) } }
        guard probe == .due else { return nil }
        probe = .underWay
        return .probe(after: cursor, wanted)
    }

    private mutating func nextLoad() -> (after: MessageSequence, limit: Int)? {
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
        sleepIfDone()
        return messages
    }

    // MARK: Acknowledgements

    /// Whether the message was sent and is now done with.
    mutating func acknowledge(version: String) -> MessageID? {
        let message = inFlight.removeValue(forKey: version)
        if message?.sequence.isStored == false { inFlightUnstored -= 1 }
        return message
    }

    /// An ack for a message that isn't in flight; answers whether it is one still to come, which will now be skipped.
    mutating func acknowledgeAhead(_ sequence: MessageSequence) -> Bool {
        guard sequence > cursor else { return false }
        return acknowledgedAhead.insert(sequence).inserted
    }
}

/// How many messages are on their way to one user agent.
public struct InFlight: Sendable, Hashable {
    /// Those that wait again when the connection ends.
    public var stored = 0
    /// Those of TTL 0, which end with it.
    public var unstored = 0

    public init(stored: Int = 0, unstored: Int = 0) {
        self.stored = stored
        self.unstored = unstored
    }
}
