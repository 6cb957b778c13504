import Logging
import PushService
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Stands between the connections and the store: knows whose connection is whose, and does for sessions what needs waiting.
///
/// What sessions ask for goes into one stream, which ``run()`` works off, all requests at once: each session has at most one load and
/// a bounded number of registrations under way, so the stream is bounded by the connections.
final class SocketHub: Sendable {
    /// What a session wants done elsewhere, and where the answer goes.
    struct Request: Sendable {
        let action: SessionAction
        let socket: Socket
    }

    private let store: any MessageStore
    private let now: @Sendable () -> Date
    private let logger: Logger
    private let registry = Mutex(SessionRegistry<Socket>())
    private let requests: AsyncStream<Request>
    private let queue: AsyncStream<Request>.Continuation

    init(store: any MessageStore, logger: Logger, now: @escaping @Sendable () -> Date) {
        self.store = store
        self.logger = logger
        self.now = now
        (requests, queue) = AsyncStream.makeStream()
    }

    var connectionCount: Int { registry.withLock { $0.count } }

    /// Makes the socket the user agent's own; an older one is told to go.
    func attach(_ socket: Socket, to uaid: UAID) -> SessionRegistry<Socket>.Generation {
        let (generation, replaced) = registry.withLock { $0.attach(socket, to: uaid) }
        replaced?.handle(.replaced)
        return generation
    }

    func detach(_ generation: SessionRegistry<Socket>.Generation, from uaid: UAID) {
        _ = registry.withLock { $0.detach(generation, from: uaid) }
    }

    /// Hands a message to its user agent, if that is connected. A stored one that isn't taken is found in the store later.
    func offer(_ message: Message) {
        registry.withLock { $0.connection(for: message.id.uaid) }?.handle(.offered(message))
    }

    func enqueue(_ request: Request) { queue.yield(request) }

    /// Works until cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await request in requests {
                group.addTask { await self.perform(request) }
            }
        }
    }

    private func perform(_ request: Request) async {
        do {
            if let answer = try await answer(request.action) { request.socket.handle(answer) }
        } catch {
            logger.error("The message store failed", metadata: ["error": "\(error)"])
            if let answer = Self.failure(of: request.action) { request.socket.handle(answer) }
        }
    }

    private func answer(_ action: SessionAction) async throws -> SessionEvent? {
        switch action {
        case .lookUp(let uaid):
            return .lookedUp(isKnown: try await store.recordConnections(of: [uaid], now: now()).first ?? false)
        case .register(let registration):
            try await store.register([registration.channel], now: now())
            return .registered(registration)
        case .unregister(let channel):
            try await store.unregister([channel])
            return .unregistered(channel.id)
        case .load(let uaid, let after, let limit):
            return .loaded(try await store.messages(for: uaid, after: after, limit: limit, now: now()))
        case .delete(let messages):
            try await store.delete(messages)
            return nil
        case .recordConnection(let uaid):
            _ = try await store.recordConnections(of: [uaid], now: now())
            return nil
        case .attach, .send, .note, .close:
            return nil
        }
    }

    private static func failure(of action: SessionAction) -> SessionEvent? {
        switch action {
        case .lookUp, .load: .storeFailed
        case .register(let registration): .registrationFailed(registration)
        case .unregister(let channel): .unregistrationFailed(channel.id)
        case .delete, .recordConnection, .attach, .send, .note, .close: nil
        }
    }
}
