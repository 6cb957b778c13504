import Logging
import PushService
import PushStorage
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Stands between the connections and the store: knows whose connection is whose, and does for sessions what needs waiting.
///
/// What sessions ask for goes into one stream, which ``run()`` works off, all requests at once: each session has at most one load and
/// a bounded number of registrations under way, so the stream is bounded by the connections. What they acknowledged is deleted together.
final class SocketHub: Sendable {
    /// What a session wants done elsewhere, and where the answer goes.
    struct Request: Sendable {
        let action: SessionAction
        let socket: Socket
    }

    private let store: any MessageStore
    private let node: NodeID
    private let mail: any NodeMail
    private let resyncSeconds: Double
    private let now: @Sendable () -> Date
    private let clock: any Clock<Duration>
    /// Also for others who work with the message store.
    let trouble: StoreTrouble
    private let registry = Mutex(SessionRegistry<Socket>())
    private let acknowledged = AcknowledgedMessages()
    private let requests: AsyncStream<Request>
    private let queue: AsyncStream<Request>.Continuation
    /// Look-ups, which are let through at a rate: after a restart all user agents come at once, and those who are there already want to
    /// be served, too.
    private let arrivals: AsyncStream<Request>
    private let door: AsyncStream<Request>.Continuation
    private let arrivalRate: RateLimit?
    private let resyncs: AsyncStream<Void>
    private let resyncBell: AsyncStream<Void>.Continuation
    private let board: Mutex<BroadcastBoard?>
    /// To be rung when there are receipts.
    private let receipts: ReceiptBell
    /// By name.
    let bridges: [String: any MobileBridge]
    let counts = MessageCounts()

    /// - Parameters:
    ///   - board: what is announced to user agents at first; nil where nothing ever is.
    ///   - hellosPerSecond: user agents that come back are let in at this rate; zero for no limit.
    ///   - node: this process, as other nodes on the same store know it.
    ///   - mail: reaches those others.
    init(
        store: any MessageStore, node: NodeID, mail: any NodeMail, resyncSeconds: Double, board: BroadcastBoard? = nil,
        receipts: ReceiptBell = ReceiptBell(), bridges: [String: any MobileBridge] = [:], hellosPerSecond: Int = 0,
        logger: Logger, now: @escaping @Sendable () -> Date, clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.board = Mutex(board)
        self.receipts = receipts
        self.bridges = bridges
        self.store = store
        self.node = node
        self.mail = mail
        self.resyncSeconds = resyncSeconds
        self.now = now
        self.clock = clock
        trouble = StoreTrouble(logger: logger)
        (requests, queue) = AsyncStream.makeStream()
        (arrivals, door) = AsyncStream.makeStream()
        arrivalRate = hellosPerSecond == 0
            ? nil : RateLimit(name: "hellos", requestsPerSecond: Double(hellosPerSecond), burst: max(1, hellosPerSecond / 10))
        (resyncs, resyncBell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    var connectionCount: Int { registry.withLock { $0.count } }

    /// Makes the socket the user agent's own; an older one is told to go.
    func attach(_ socket: Socket, to uaid: UAID, _ number: ConnectionNumber) -> SessionRegistry<Socket>.Generation {
        let (generation, replaced) = registry.withLock { $0.attach(socket, to: uaid, number) }
        replaced?.handle(.replaced)
        return generation
    }

    func detach(_ generation: SessionRegistry<Socket>.Generation, from uaid: UAID) {
        _ = registry.withLock { $0.detach(generation, from: uaid) }
    }

    func enqueue(_ request: Request) {
        switch request.action {
        case .delete(let messages): acknowledged.add(messages)
        case .lookUp: door.yield(request)
        default: queue.yield(request)
        }
    }

    // MARK: Messages

    /// A message was stored for a user agent that was last connected to `holder`. One that isn't taken is found in the store later.
    func deliver(_ message: Message, holder: NodeID?) {
        if holder == node {
            offer(message)
        } else if let holder {
            mail.send(.stored(message.id.uaid, message.id.sequence), to: holder)
        }
    }

    /// A message of TTL 0: whoever has its user agent, which was last connected to `holder`, gets it now, or nobody ever.
    func deliverUnstored(_ message: Message, holder: NodeID?) {
        if takeUnstored(message) { return }
        guard let holder, holder != node else { return counts.acceptUnstored(.dropped) }
        // That node counts it.
        mail.send(.unstored(message), to: holder)
    }

    private func takeUnstored(_ message: Message) -> Bool {
        guard offer(message) else { return false }
        counts.acceptUnstored()
        return true
    }

    @discardableResult
    private func offer(_ message: Message) -> Bool {
        guard let socket = registry.withLock({ $0.connection(for: message.id.uaid) }) else { return false }
        socket.handle(.offered(message))
        return true
    }

    // MARK: Other nodes

    func receive(_ news: NodeNews) {
        switch news {
        case .stored(let uaid, let sequence):
            registry.withLock { $0.connection(for: uaid) }?.handle(.stored(sequence))
        case .connected(let uaid, let number):
            registry.withLock { $0.replace(uaid, olderThan: number) }?.handle(.replaced)
        case .unstored(let message):
            if !takeUnstored(message) { counts.acceptUnstored(.dropped) }
        }
    }

    /// Makes a user agent's session look into the store.
    /// - Returns: whether the user agent is connected here.
    func checkStore(for uaid: UAID) async throws -> Bool {
        guard let socket = registry.withLock({ $0.connection(for: uaid) }) else { return false }
        if let standing = try await store.standings(of: [uaid]).first ?? nil { socket.handle(.stored(standing.newest)) }
        return true
    }

    // MARK: Broadcasts

    /// What is announced now; nil where nothing ever is.
    var announced: BroadcastBoard? { board.withLock { $0 } }

    /// Tells every user agent what is new to it.
    func announce(_ news: BroadcastBoard) {
        board.withLock { $0 = news }
        for socket in registry.withLock({ $0.connections }) { socket.handle(.announced(news)) }
    }

    /// News may have been lost.
    func lostNews() { resyncBell.yield() }

    /// Asks the store what the user agents connected here have missed.
    func resync() async throws {
        let known = registry.withLock { Array($0.numbers.keys) }
        for start in stride(from: 0, to: known.count, by: Self.resyncPage) {
            let uaids = Array(known[start..<min(start + Self.resyncPage, known.count)])
            for (uaid, standing) in zip(uaids, try await store.standings(of: uaids)) {
                guard let standing else { continue }
                receive(.connected(uaid, standing.number))
                receive(.stored(uaid, standing.newest))
            }
        }
    }

    private static let resyncPage = 512

    // MARK: Work

    /// Works until cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.ringForResyncs() }
            group.addTask { for await _ in self.resyncs { await self.tryResync() } }
            group.addTask { await self.admitArrivals() }
            group.addTask { await self.deleteAcknowledged() }
            for await request in requests {
                group.addTask { await self.perform(request) }
            }
        }
    }

    private func admitArrivals() async {
        var rate = arrivalRate.map { RateTable<Bool>($0, askerLimit: 1) }
        await withDiscardingTaskGroup { group in
            for await request in arrivals {
                while let wait = rate?.take(true, now: .now).wait, (try? await clock.sleep(for: wait)) != nil {}
                if request.socket.isOpen { group.addTask { await self.perform(request) } }
            }
        }
    }

    private func ringForResyncs() async {
        while (try? await clock.sleep(for: .seconds(resyncSeconds))) != nil { resyncBell.yield() }
    }

    private func tryResync() async {
        do { try await resync() } catch { trouble.report(error) }
    }

    private func deleteAcknowledged() async {
        for await _ in acknowledged.rings { await deleteGathered() }
        // When all connections have gone, what they said last.
        await deleteGathered()
    }

    private func deleteGathered() async {
        var backoff = Backoff()
        while case let messages = acknowledged.first(Self.deletionsAtOnce), !messages.isEmpty {
            do {
                receipts.ring(try await store.delete(messages, now: now()))
                acknowledged.removeFirst(messages.count)
                backoff = Backoff()
            } catch {
                trouble.report(error)
                guard (try? await clock.sleep(for: backoff.next())) != nil else { return }
            }
        }
    }

    private static let deletionsAtOnce = 512

    /// A store that is away costs nobody the connection: what is needed to go on is asked for again until the answer is there or the
    /// connection is gone.
    private func perform(_ request: Request) async {
        var backoff = Backoff()
        while true {
            do {
                if let answer = try await answer(request.action) { request.socket.handle(answer) }
                return
            } catch {
                trouble.report(error)
                if let answer = Self.failure(of: request.action) { return request.socket.handle(answer) }
            }
            guard request.socket.isOpen, (try? await clock.sleep(for: backoff.next())) != nil else { return }
        }
    }

    private func answer(_ action: SessionAction) async throws -> SessionEvent? {
        switch action {
        case .lookUp(let uaid):
            return .lookedUp(try await connect(uaid))
        case .register(let channel, let vapidKey):
            guard let epoch = try await store.register([channel], on: node, now: now()).first else { return nil }
            return .registered(Registration(channel: channel, epoch: epoch, vapidKey: vapidKey))
        case .unregister(let channel):
            try await store.unregister([channel], now: now())
            return .unregistered(channel.id)
        case .probe(let uaid, let after, let urgency):
            return .probed(try await store.hasMessage(for: uaid, after: after, atLeast: urgency, now: now()))
        case .load(let uaid, let after, let limit):
            return .loaded(try await load(uaid, after, limit))
        case .recordConnection(let uaid):
            _ = try await store.recordConnections(of: [uaid], now: now())
            return nil
        case .delete, .attach, .send, .note, .close:
            return nil
        }
    }

    private func load(_ uaid: UAID, _ after: MessageSequence, _ limit: Int) async throws -> MessagePage {
        let before = acknowledged.messages(of: uaid)
        var page = try await store.messages(for: uaid, after: after, limit: limit, now: now())
        let ended = before.union(acknowledged.messages(of: uaid))
        page.messages.removeAll { ended.contains($0.id) }
        return page
    }

    private func connect(_ uaid: UAID) async throws -> ConnectionNumber? {
        guard let connection = try await store.connect([uaid], to: node, now: now()).first ?? nil else { return nil }
        if let previous = connection.previousNode, previous != node {
            mail.send(.connected(uaid, connection.number), to: previous)
        }
        return connection.number
    }

    /// What the user agent asks for again itself is answered at once.
    private static func failure(of action: SessionAction) -> SessionEvent? {
        switch action {
        case .register(let channel, _): .registrationFailed(channel.id)
        case .unregister(let channel): .unregistrationFailed(channel.id)
        case .lookUp, .load, .probe, .delete, .recordConnection, .attach, .send, .note, .close: nil
        }
    }
}
