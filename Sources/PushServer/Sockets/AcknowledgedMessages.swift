import PushService
import Synchronization

/// Messages that were acknowledged and are not deleted yet. They gather while the store is busy with those before them, so that one
/// transaction deletes many.
final class AcknowledgedMessages: Sendable {
    private struct State {
        var waiting: [EndedMessage] = []
        var byUserAgent: [UAID: Set<MessageID>] = [:]
    }

    private let state = Mutex(State())
    /// Rings when there are some. Can be walked through once: there is one who deletes.
    let rings: AsyncStream<Void>
    private let bell: AsyncStream<Void>.Continuation

    init() { (rings, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    /// - Parameter messages: of one user agent.
    func add(_ messages: [EndedMessage]) {
        guard let uaid = messages.first?.id.uaid else { return }
        state.withLock { state in
            state.waiting += messages
            state.byUserAgent[uaid, default: []].formUnion(messages.map(\.id))
        }
        bell.yield()
    }

    /// What must not be sent again, though the store may still have it.
    func messages(of uaid: UAID) -> Set<MessageID> { state.withLock { $0.byUserAgent[uaid] ?? [] } }

    /// Those that came first.
    func first(_ count: Int) -> [EndedMessage] { state.withLock { Array($0.waiting.prefix(count)) } }

    /// The first so many are deleted.
    func removeFirst(_ count: Int) {
        state.withLock { state in
            for message in state.waiting.prefix(count) {
                state.byUserAgent[message.id.uaid]?.remove(message.id)
                if state.byUserAgent[message.id.uaid]?.isEmpty == true { state.byUserAgent[message.id.uaid] = nil }
            }
            state.waiting.removeFirst(count)
        }
    }
}
