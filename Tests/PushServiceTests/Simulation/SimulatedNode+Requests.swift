import Foundation
import PushService

/// What sessions ask for.
extension SimulatedNode {
    func carryOut(_ action: SessionAction, for socket: SimulatedSocket) async {
        switch action {
        case .lookUp(let uaid): await lookUp(uaid, action, socket)
        case .load(let uaid, let after, let limit): await load(uaid, after, limit, action, socket)
        case .register(let channel, let key):
            await ask(action, socket) { [id, now = world.now] store in
                let epoch = await store.register([channel], on: id, now: now)[0]
                return .registered(Registration(channel: channel, epoch: epoch, vapidKey: key))
            }
        case .probe(let uaid, let after, let urgency):
            await ask(action, socket) { [now = world.now] store in
                .probed(await store.hasMessage(for: uaid, after: after, atLeast: urgency, now: now))
            }
        case .delete(let messages):
            await ask(action, socket) { [ledger = world.ledger, now = world.now] store in
                await store.delete(messages, now: now)
                ledger.deleted(messages.map(\.id))
                return nil
            }
        case .recordConnection, .unregister, .attach, .send, .note, .close: break
        }
    }

    private func lookUp(_ uaid: UAID, _ action: SessionAction, _ socket: SimulatedSocket) async {
        var previous: NodeID?
        let event = await ask(action, socket) { [id, now = world.now, ledger = world.ledger] store in
            let connection = await store.connect([uaid], to: id, now: now)[0]
            if let connection { ledger.connected(uaid, connection.number) }
            previous = connection?.previousNode
            return .lookedUp(connection?.number)
        }
        if case .lookedUp(let number?) = event, let previous, previous != id { send(.connected(uaid, number), to: previous) }
    }

    private func load(
        _ uaid: UAID, _ after: MessageSequence, _ limit: Int, _ action: SessionAction, _ socket: SimulatedSocket
    ) async {
        await ask(action, socket) { [now = world.now, ledger = world.ledger] store in
            socket.audit.loads(from: ledger)
            return .loaded(await store.messages(for: uaid, after: after, limit: limit, now: now))
        }
    }

    /// What fails is tried again as long as somebody waits for it; a registration the user agent tries again itself.
    /// - Returns: what the socket was answered; nil when the answer didn't come.
    @discardableResult
    private func ask(
        _ action: SessionAction, _ socket: SimulatedSocket, _ work: (InMemoryMessageStore) async -> SessionEvent?
    ) async -> SessionEvent? {
        if let event = await world.ask(work) {
            if let event { answer(event, to: socket) }
            return event
        }
        if case .register(let channel, _) = action {
            answer(.registrationFailed(channel.id), to: socket)
        } else if socket.isOpen {
            enqueue(action, for: socket)
        }
        return nil
    }
}
