import Foundation
import PushService
import PushTesting
import Testing
import WebPush

/// Posts, acks, lost acks, disconnects and slow stores in random order. Whatever the order, each message arrives.
@Suite struct DeliverySimulationTests {
    @Test(arguments: Seeds.parts)
    func everyMessageArrivesInOrderAndNoneTwiceInASession(_ part: UInt64) async {
        for seed in Seeds.part(part) {
            var simulation = Simulation(seed: seed)
            await simulation.run(steps: 400)
            await simulation.settle()
            #expect(simulation.violations == [], "HERALD_SEED=\(seed)")
            let left = await simulation.undelivered()
            #expect(left == [], "HERALD_SEED=\(seed)")
        }
    }
}

/// One user agent, its connection, and a server that carries out a session's actions as late as it pleases.
private struct Simulation {
    private static let start = Date(timeIntervalSince1970: 1_800_000_000)
    private static let uaid = UAID(rawValue: 7)
    private static let channels = [ChannelID.a, .b]
    private static let node = NodeID(rawValue: "n")

    private var random: SeededGenerator
    private let store = InMemoryMessageStore()
    private let limits: PushServiceLimits
    private var now = Self.start
    private var session: Session?
    private var isAttached = false
    /// What the server still has to ask the store, and what the store has answered, each in order.
    private var requests: [SessionAction] = []
    private var answers: [SessionEvent] = []
    /// Messages stored, whose offers are under way; they may overtake one another.
    private var offers: [Message] = []
    /// What the user agent has seen and not acknowledged, over all its connections.
    private var unacknowledged: [Seen] = []
    private var connection = 0
    /// Everything stored, and what became of it.
    private var stored: [MessageSequence: NewMessage] = [:]
    private var replaced: Set<MessageSequence> = []
    private var delivered: Set<MessageSequence> = []
    private var deleted: Set<MessageSequence> = []
    private var sentInSession: [MessageSequence] = []
    /// What this session must not send: acknowledged to it, or deleted before it read the store last.
    private var finished: Set<MessageSequence> = []
    private(set) var violations: [String] = []

    private struct Seen {
        let version: String
        let sequence: MessageSequence
        let connection: Int
    }

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        var limits = PushServiceLimits.window(Int.random(in: 1...8, using: &random), page: Int.random(in: 1...8, using: &random))
        limits.minimumPingIntervalSeconds = 0
        self.limits = limits
    }

    // MARK: The course of events

    mutating func run(steps: Int) async {
        _ = await store.register(Self.channels.map { Channel(uaid: Self.uaid, id: $0) }, on: Self.node, now: now)
        for _ in 0..<steps { await step() }
    }

    /// No more trouble: every request is answered, every message acknowledged, until nothing happens any more.
    mutating func settle() async {
        repeat {
            if session == nil { connect() }
            await carryOutRequest()
            answer()
            offer()
            acknowledge()
        } while !(requests.isEmpty && answers.isEmpty && offers.isEmpty && unacknowledged.isEmpty)
    }

    private mutating func step() async {
        now += Double.random(in: 0...2, using: &random)
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<5: await post()
        case 5: postUnstored()
        case 6..<10: await carryOutRequest()
        case 10..<13: answer()
        case 13..<15: offer()
        case 15..<18: acknowledge()
        case 18: if session == nil { connect() }
        default: if Int.random(in: 0..<3, using: &random) == 0 { disconnect() }
        }
    }

    // MARK: The application server

    private mutating func post() async {
        let messages = (0..<Int.random(in: 1...3, using: &random)).map { _ in newMessage() }
        let results = await store.store(messages, backlogLimit: 1_000_000)
        for (message, result) in zip(messages, results) {
            guard case .stored(let sequence, _, _) = result else { continue }
            for (old, other) in stored where isReplacement(message, of: other) { replaced.insert(old) }
            stored[sequence] = message
            if isAttached { offers.append(message.numbered(sequence)) }
        }
    }

    private mutating func newMessage() -> NewMessage {
        let key = Int.random(in: 0..<4, using: &random) == 0 ? try? CollapseKey("k\(Int.random(in: 0..<2, using: &random))") : nil
        let ttl = Int.random(in: 0..<5, using: &random) == 0 ? Int.random(in: 1...30, using: &random) : 2_592_000
        return NewMessage(
            channel: Channel(uaid: Self.uaid, id: Self.channels.randomElement(using: &random) ?? .a), collapseKey: key,
            ttl: TTL(seconds: ttl), postedAt: now, content: MessageContent())
    }

    private func isReplacement(_ message: NewMessage, of other: NewMessage) -> Bool {
        message.collapseKey != nil && message.collapseKey == other.collapseKey && message.channel == other.channel
    }

    private mutating func postUnstored() {
        let message = NewMessage(
            channel: Channel(uaid: Self.uaid, id: .a), ttl: TTL(seconds: 0), postedAt: now, content: MessageContent())
        if isAttached { offers.append(message.numbered(.unstored(using: &random))) }
    }

    // MARK: The server

    private mutating func offer() {
        guard isAttached, let index = offers.indices.randomElement(using: &random) else { return }
        let message = offers.remove(at: index)
        feed(.offered(message))
    }

    private mutating func answer() {
        guard !answers.isEmpty else { return }
        feed(answers.removeFirst())
    }

    /// A read may overtake the deletes that were asked for before it, and a connection may end with deletes undone.
    private mutating func carryOutRequest() async {
        let firstRead = requests.firstIndex { if case .delete = $0 { false } else { true } }
        guard let index = Bool.random(using: &random) ? firstRead ?? requests.indices.first : requests.indices.first else {
            return
        }
        switch requests.remove(at: index) {
        case .lookUp(let uaid): answers.append(.lookedUp(await store.connect([uaid], to: Self.node, now: now)[0]?.number))
        case .load(let uaid, let after, let limit):
            finished.formUnion(deleted)
            answers.append(.loaded(await store.messages(for: uaid, after: after, limit: limit, now: now)))
        case .delete(let messages):
            await store.delete(messages, now: now)
            deleted.formUnion(messages.map(\.id.sequence))
        case .probe(let uaid, let after, let urgency):
            answers.append(.probed(await store.hasMessage(for: uaid, after: after, atLeast: urgency, now: now)))
        default: break
        }
    }

    private mutating func feed(_ event: SessionEvent) {
        for action in session?.handle(event, now: now) ?? [] {
            switch action {
            case .attach: isAttached = true
            case .send(let message): receive(message)
            case .lookUp, .load, .probe, .delete: requests.append(action)
            case .close(let close):
                violations.append("closed: \(close.reason)")
                disconnect()
            case .register, .unregister, .recordConnection, .note: break
            }
        }
    }

    // MARK: The user agent

    private mutating func connect() {
        var random = random
        session = Session(
            rules: SessionRules(codec: Transcript.codec, limits: limits), newUAID: .random(using: &random), now: now)
        sentInSession = []
        finished = []
        connection += 1
        feed(.frame(Frame.hello(Self.uaid)))
    }

    private mutating func disconnect() {
        session = nil
        isAttached = false
        answers = []
        offers = []
        // Deletes that the server had begun go on; questions of the session die with it.
        requests.removeAll { if case .delete = $0 { Bool.random(using: &random) } else { true } }
    }

    private mutating func receive(_ message: ServerMessage) {
        guard case .notification(_, let version, _) = message else { return }
        guard let sequence = Transcript.codec.message(token: version)?.sequence else {
            return violations.append("a version that is none")
        }
        unacknowledged.append(Seen(version: version, sequence: sequence, connection: connection))
        // A message seen over two connections is acknowledged twice; the first ack counts.
        if unacknowledged.count(where: { $0.connection == connection && !finished.contains($0.sequence) }) > limits.inFlightMessages {
            violations.append("too many in flight")
        }
        guard sequence.isStored else { return }
        check(sequence)
        sentInSession.append(sequence)
        delivered.insert(sequence)
    }

    private mutating func check(_ sequence: MessageSequence) {
        if finished.contains(sequence) { violations.append("\(sequence) was sent after its ack was processed") }
        if sentInSession.contains(sequence) { violations.append("\(sequence) was sent twice in a session") }
        if let last = sentInSession.last, sequence < last { violations.append("\(sequence) was sent after \(last)") }
        if let message = stored[sequence], message.expiresAt <= now { violations.append("\(sequence) was sent expired") }
    }

    private mutating func acknowledge() {
        guard isAttached, let index = unacknowledged.indices.randomElement(using: &random) else { return }
        let seen = unacknowledged.remove(at: index)
        finished.insert(seen.sequence)
        feed(.frame(#"{"messageType":"ack","updates":[{"version":"\#(seen.version)","code":100}]}"#))
    }

    // MARK: The balance

    /// Messages that were neither delivered, nor replaced, nor expired.
    func undelivered() async -> [MessageSequence] {
        stored.filter { !delivered.contains($0.key) && !replaced.contains($0.key) && $0.value.expiresAt > now }.keys.sorted()
    }
}
