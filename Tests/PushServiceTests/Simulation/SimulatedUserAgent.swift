import PushService
import WebPush

/// A text frame of a user agent.
struct ClientFrame {
    let text: String
    var acknowledged: [String] = []

    static func ack(_ versions: [String]) -> ClientFrame {
        let updates = versions.map { #"{"version":"\#($0)","code":100}"# }.joined(separator: ",")
        return ClientFrame(text: #"{"messageType":"ack","updates":[\#(updates)]}"#, acknowledged: versions)
    }
}

/// A browser: keeps a connection to some node, registers its channels, reads and acknowledges at its leisure.
final class SimulatedUserAgent {
    private unowned let world: ServiceWorld
    private let wanted: [ChannelID]
    /// What is worth waking it for.
    private var urgency = Urgency.veryLow
    private var toldUrgency = true
    private var uaid: UAID?
    /// Those that have an endpoint.
    private var channels: [ChannelID] = []
    private var socket: SimulatedSocket?
    private var isGreeted = false
    private var framesBeforeGreeting = 0
    private var unacknowledged: [String] = []

    init(_ number: Int, in world: ServiceWorld) {
        self.world = world
        wanted = [ChannelID(rawValue: UInt128(2 * number)), ChannelID(rawValue: UInt128(2 * number + 1))]
    }

    var aChannel: Channel? {
        guard let uaid, let channel = channels.randomElement(using: &world.random) else { return nil }
        return Channel(uaid: uaid, id: channel)
    }

    var isSettled: Bool {
        guard let socket, socket.isOpen, !socket.hasUnread else { return false }
        return isGreeted && channels.count == wanted.count && unacknowledged.isEmpty && toldUrgency
    }

    var hasTheOnlySession: Bool { socket.map { $0.isTheUserAgentsOwn && $0.attachedTo == uaid } ?? false }

    // MARK: Its steps

    func step() {
        guard let socket else { return connect() }
        if isGreeted, !toldUrgency { return tellUrgency(socket) }
        if Bool.random(using: &world.random) { acknowledge(on: socket) } else { read(from: socket) }
    }

    /// Its battery runs low, or it is charged.
    func want(_ urgency: Urgency) {
        if urgency != self.urgency { (self.urgency, toldUrgency) = (urgency, false) }
    }

    private func tellUrgency(_ socket: SimulatedSocket) {
        toldUrgency = true
        socket.say(ClientFrame(text: Frame.want(urgency)))
    }

    func hangUp() {
        guard world.activeFaults.hangUps, let socket else { return }
        socket.abandon()
        if !world.activeFaults.halfOpenConnections { socket.end() }
        forgetConnection()
    }

    private func connect() {
        socket = world.aNode?.open()
        (isGreeted, framesBeforeGreeting) = (false, 1)
        toldUrgency = true
        socket?.say(ClientFrame(text: Frame.hello(uaid, more: #","urgency":"\(urgency.rawValue)""#)))
    }

    private func forgetConnection() {
        socket = nil
        if !world.activeFaults.lateAcks { unacknowledged = [] }
    }

    private func read(from socket: SimulatedSocket) {
        if let message = socket.read() { return receive(message, on: socket) }
        if !socket.isOpen { forgetConnection() }
    }

    private func receive(_ message: ServerMessage, on socket: SimulatedSocket) {
        switch message {
        case .hello(let uaid, _): greet(uaid, on: socket)
        case .register(let channel, let status, _):
            if status == 200 { add(channel) } else { register(channel, on: socket) }
        case .notification(_, let version, _):
            unacknowledged.append(version)
            world.ledger.received(version, by: uaid)
        case .unregister, .broadcast, .urgency, .pong: break
        }
    }

    private func greet(_ given: UAID, on socket: SimulatedSocket) {
        world.ledger.demand(given == uaid || channels.isEmpty, "a user agent with channels was given another UAID")
        uaid = given
        isGreeted = true
        for channel in wanted where !channels.contains(channel) { register(channel, on: socket) }
    }

    private func register(_ channel: ChannelID, on socket: SimulatedSocket) { socket.say(ClientFrame(text: Frame.register(channel))) }
    private func add(_ channel: ChannelID) { if !channels.contains(channel) { channels.append(channel) } }

    /// Some of what it has seen, in any order.
    private func acknowledge(on socket: SimulatedSocket) {
        guard !unacknowledged.isEmpty, isGreeted || framesBeforeGreeting < 4 else { return }
        framesBeforeGreeting += 1
        unacknowledged.shuffle(using: &world.random)
        let many = Int.random(in: 1...unacknowledged.count, using: &world.random)
        socket.say(.ack(Array(unacknowledged.prefix(many))))
        unacknowledged.removeFirst(many)
    }
}
