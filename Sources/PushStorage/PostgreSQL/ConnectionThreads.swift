import Foundation

/// Threads that own connections, and can be waited for: a process that ends beside a thread in the middle of libpq or OpenSSL may crash.
final class ConnectionThreads: Sendable {
    private let running = DispatchGroup()

    func start(_ name: String, _ body: @escaping @Sendable () -> Void) {
        running.enter()
        let thread = Thread { [running] in
            body()
            running.leave()
        }
        thread.name = name
        thread.start()
    }

    /// Waits until all have ended, but not for ever: one may be waiting for a far side that doesn't answer.
    func wait(until end: DispatchTime) { _ = running.wait(timeout: end) }
}
