import NIOCore
import PushService

/// A session's connection, from any thread.
struct Socket: Sendable {
    private let handler: NIOLoopBound<SocketHandler>

    /// On the connection's event loop.
    init(_ handler: SocketHandler, eventLoop: any EventLoop) { self.handler = NIOLoopBound(handler, eventLoop: eventLoop) }

    /// Feeds the session; what it then wants is done on the connection's event loop.
    func handle(_ event: SessionEvent) {
        handler.eventLoop.execute { handler.value.handle(event) }
    }
}
