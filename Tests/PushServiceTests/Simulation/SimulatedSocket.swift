import Foundation
import PushService

/// One connection, at the server's end: what the socket handler does, without a network. Takes one event or frame at a time.
final class SimulatedSocket {
    private unowned let node: SimulatedNode
    private var session: Session
    var audit: SessionAudit
    /// What the event loop has still to do.
    private var events: [SessionEvent] = []
    /// On their way from the user agent, and to it.
    private var heard: [ClientFrame] = []
    private var sent: [ServerMessage] = []
    private var attached: (uaid: UAID, generation: SessionRegistry<SimulatedSocket>.Generation, number: ConnectionNumber)?
    /// Whether the server believes so.
    private(set) var isOpen = true
    /// The user agent is no longer there, which the server can't see.
    private var isAbandoned = false

    init(on node: SimulatedNode) {
        self.node = node
        session = Session(
            rules: SessionRules(codec: Transcript.codec, limits: node.world.limits), newUAID: .random(using: &node.world.random),
            now: node.world.now)
        audit = SessionAudit(inFlightMessages: node.world.limits.inFlightMessages)
    }

    var isIdle: Bool { !session.isClosed && events.isEmpty && heard.isEmpty }
    var attachedTo: UAID? { attached?.uaid }
    var isTheUserAgentsOwn: Bool { attached.map { isOpen && node.owns(self, for: $0.uaid) } ?? false }

    // MARK: The user agent's end

    func say(_ frame: ClientFrame) { if isOpen { heard.append(frame) } }
    func read() -> ServerMessage? { sent.isEmpty ? nil : sent.removeFirst() }
    var hasUnread: Bool { !sent.isEmpty }

    /// Nobody reads any more; what was said before may still arrive.
    func abandon() {
        isAbandoned = true
        sent = []
    }

    // MARK: The server's end

    func handle(_ event: SessionEvent) { if isOpen { events.append(event) } }

    func step() {
        if session.isClosed { return end() }
        if let deadline = session.deadline, deadline <= node.world.now { return feed(.tick) }
        if !heard.isEmpty, events.isEmpty || Bool.random(using: &node.world.random) {
            let frame = heard.removeFirst()
            audit.hears(frame)
            feed(.frame(frame.text))
        } else if !events.isEmpty {
            feed(events.removeFirst())
        }
    }

    /// A ping was not answered.
    func noticeIfAbandoned() { if isAbandoned { end() } }

    func end() {
        guard isOpen else { return }
        breakOff()
        if let attached { node.detach(attached.generation, from: attached.uaid) }
        attached = nil
        node.forget(self)
    }

    /// What was sent may still be read.
    func breakOff() {
        isOpen = false
        (events, heard) = ([], [])
    }

    private func feed(_ event: SessionEvent) {
        for action in session.handle(event, now: node.world.now) { perform(action) }
    }

    private func perform(_ action: SessionAction) {
        switch action {
        case .attach(let uaid, let number):
            audit.uaid = uaid
            attached = (uaid, node.attach(self, to: uaid, number), number)
        case .send(let message):
            audit.sends(message, node.world.ledger, now: node.world.now)
            if !isAbandoned { sent.append(message) }
        case .close(let close): note(close)
        case .lookUp, .register, .unregister, .load, .probe, .delete, .recordConnection: node.enqueue(action, for: self)
        case .note: break
        }
    }

    private func note(_ close: SessionClose) {
        switch close.code {
        case 4001: if let attached { node.world.ledger.replaced(attached.uaid, attached.number) }
        case 1011 where attached != nil: node.world.ledger.demand(false, "a good user agent is sent away: \(close.reason)")
        default: break
        }
    }
}
