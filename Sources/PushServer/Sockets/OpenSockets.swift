import ServiceLifecycle
import Synchronization

/// How many WebSockets are open, so that a server that stops can wait for the last.
final class OpenSockets: Sendable {
    private struct State {
        var count = 0
        var waiting: [AsyncStream<Never>.Continuation] = []

        mutating func takeWaitingIfNoneIsLeft() -> [AsyncStream<Never>.Continuation] {
            guard count == 0 else { return [] }
            defer { waiting = [] }
            return waiting
        }
    }

    private let state = Mutex(State())

    func open() { state.withLock { $0.count += 1 } }

    func close() {
        let waiting = state.withLock { state in
            state.count -= 1
            return state.takeWaitingIfNoneIsLeft()
        }
        for each in waiting { each.finish() }
    }

    /// Returns when none is left, or when cancelled.
    func allClosed() async {
        let (closed, waiting) = AsyncStream<Never>.makeStream()
        let ready = state.withLock { state in
            state.waiting.append(waiting)
            return state.takeWaitingIfNoneIsLeft()
        }
        for each in ready { each.finish() }
        for await _ in closed {}
    }
}

/// A server that is done when its WebSockets are: they have time to leave one after the other.
struct UntilSocketsClose: Service {
    let server: any Service
    let sockets: OpenSockets

    func run() async throws {
        try await server.run()
        await sockets.allClosed()
    }
}
