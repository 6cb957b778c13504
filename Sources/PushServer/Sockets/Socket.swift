import NIOCore
import PushService
import Synchronization

/// A session's connection, from any thread.
struct Socket: Sendable {
    private let handler: NIOLoopBound<SocketHandler>
    private let life: SocketLife

    /// On the connection's event loop.
    init(_ handler: SocketHandler, eventLoop: any EventLoop) {
        self.handler = NIOLoopBound(handler, eventLoop: eventLoop)
        life = handler.life
    }

    /// Whether anybody is still there to be answered.
    var isOpen: Bool { !life.isOver }

    /// Feeds the session; what it then wants is done on the connection's event loop.
    func handle(_ event: SessionEvent) {
        handler.eventLoop.execute { handler.value.handle(event) }
    }
}

/// Whether a connection has ended.
final class SocketLife: Sendable {
    private let ended = Atomic(false)
    var isOver: Bool { ended.load(ordering: .relaxed) }
    func end() { ended.store(true, ordering: .relaxed) }
}
