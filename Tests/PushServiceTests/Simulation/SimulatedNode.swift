import Foundation
import PushService

/// One process that holds connections and takes posts: what the socket hub and the endpoint routes do, without tasks. What is under way
/// goes on whenever the scheduler pleases, in any order.
final class SimulatedNode {
    private enum Job {
        case request(SessionAction, SimulatedSocket)
        /// The store has answered; what happened since may be heard of first.
        case answer(SessionEvent, SimulatedSocket)
        case accept(NewMessage)
        /// Stored, and not yet told to whoever has the user agent.
        case deliver(Message, holder: NodeID?)
        /// Of TTL 0, for a user agent that isn't here.
        case forward(Message)
        case resync
        case askStandings([UAID])
        case hear([UAID], [Standing?])
    }

    let id: NodeID
    unowned let world: ServiceWorld
    private(set) var sockets: [SimulatedSocket] = []
    private var registry = SessionRegistry<SimulatedSocket>()
    private var jobs: [Job] = []

    init(_ id: NodeID, in world: ServiceWorld) {
        self.id = id
        self.world = world
    }

    var isIdle: Bool { jobs.isEmpty && sockets.allSatisfy(\.isIdle) }
    var aSocket: SimulatedSocket? { sockets.randomElement(using: &world.random) }

    /// In the middle of whatever it does.
    func die() {
        for socket in sockets { socket.breakOff() }
        (sockets, jobs) = ([], [])
    }

    // MARK: Connections

    func open() -> SimulatedSocket {
        let socket = SimulatedSocket(on: self)
        sockets.append(socket)
        return socket
    }

    func attach(_ socket: SimulatedSocket, to uaid: UAID, _ number: ConnectionNumber) -> SessionRegistry<SimulatedSocket>.Generation {
        let (generation, replaced) = registry.attach(socket, to: uaid, number)
        replaced?.handle(.replaced)
        return generation
    }

    func detach(_ generation: SessionRegistry<SimulatedSocket>.Generation, from uaid: UAID) { registry.detach(generation, from: uaid) }
    func forget(_ socket: SimulatedSocket) { sockets.removeAll { $0 === socket } }
    func owns(_ socket: SimulatedSocket, for uaid: UAID) -> Bool { registry.connection(for: uaid) === socket }

    // MARK: Other nodes

    func receive(_ news: NodeNews) {
        switch news {
        case .stored(let uaid, let sequence): registry.connection(for: uaid)?.handle(.stored(sequence))
        case .connected(let uaid, let number): registry.replace(uaid, olderThan: number)?.handle(.replaced)
        case .unstored(let message): _ = offer(message)
        }
    }

    func send(_ news: NodeNews, to node: NodeID) { world.mail.post(news, to: node, world.activeFaults, &world.random) }

    private func offer(_ message: Message) -> Bool {
        guard let socket = registry.connection(for: message.id.uaid) else { return false }
        socket.handle(.offered(message))
        return true
    }

    // MARK: Work

    func enqueue(_ action: SessionAction, for socket: SimulatedSocket) { jobs.append(.request(action, socket)) }
    func answer(_ event: SessionEvent, to socket: SimulatedSocket) { jobs.append(.answer(event, socket)) }
    func accept(_ message: NewMessage) { jobs.append(.accept(message)) }
    func startResync() { jobs.append(.resync) }

    /// One of the jobs gets one step further.
    func work() async {
        guard let place = jobs.indices.randomElement(using: &world.random) else { return }
        switch jobs.remove(at: place) {
        case .request(let action, let socket): await carryOut(action, for: socket)
        case .answer(let event, let socket): socket.handle(event)
        case .accept(let message): await take(message)
        case .deliver(let message, let holder): deliver(message, holder)
        case .forward(let message): await forward(message)
        // The order of a dictionary isn't the seed's.
        case .resync: jobs.append(.askStandings(registry.numbers.keys.sorted { $0.rawValue < $1.rawValue }))
        case .askStandings(let uaids):
            if let standings = await world.ask({ await $0.standings(of: uaids) }) { jobs.append(.hear(uaids, standings)) }
        case .hear(let uaids, let standings): hear(uaids, standings)
        }
    }

    private func hear(_ uaids: [UAID], _ standings: [Standing?]) {
        for (uaid, standing) in zip(uaids, standings) {
            guard let standing else { continue }
            receive(.connected(uaid, standing.number))
            receive(.stored(uaid, standing.newest))
        }
    }

    // MARK: Posts

    private func take(_ message: NewMessage) async {
        guard message.isStorable else { return takeUnstored(message) }
        let (ledger, limit) = (world.ledger, world.limits.backlogMessages)
        let result = await world.ask { store in
            let result = await store.store([message], backlogLimit: limit)[0]
            ledger.stored(message, result)
            return result
        }
        guard case .stored(let sequence, _, let holder) = result else { return }
        jobs.append(.deliver(message.numbered(sequence), holder: holder))
    }

    private func deliver(_ message: Message, _ holder: NodeID?) {
        if holder == id {
            _ = offer(message)
        } else if let holder {
            send(.stored(message.id.uaid, message.id.sequence), to: holder)
        }
    }

    private func takeUnstored(_ message: NewMessage) {
        let numbered = message.numbered(.unstored(using: &world.random))
        world.ledger.posted(numbered)
        if !offer(numbered) { jobs.append(.forward(numbered)) }
    }

    private func forward(_ message: Message) async {
        let standings = await world.ask { await $0.standings(of: [message.id.uaid]) }
        if let holder = standings?.first??.node, holder != id { send(.unstored(message), to: holder) }
    }
}
