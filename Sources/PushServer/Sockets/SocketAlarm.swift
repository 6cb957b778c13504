import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The one timer of a WebSocket, for all that is due to it at some time. What it was set for last stands until something else is due.
struct SocketAlarm {
    private var callback: NIOScheduledCallback?
    private var due: NIODeadline?
    private var deadline: Date?

    /// - Parameters:
    ///   - due: what the connection waits for.
    ///   - deadline: what its session waits for, if anything.
    mutating func set(
        _ due: NIODeadline, _ deadline: Date?, for handler: SocketHandler, on eventLoop: any EventLoop, now: () -> Date
    ) {
        guard due != self.due || deadline != self.deadline else { return }
        cancel()
        self.due = due
        self.deadline = deadline
        let tick = deadline.map { NIODeadline.now() + .milliseconds(Int64(max(0, $0.timeIntervalSince(now())) * 1000) + 1) }
        // It fails on an event loop that has ended; then nothing is due any more.
        callback = try? eventLoop.assumeIsolated().scheduleCallback(at: tick.map { min($0, due) } ?? due, handler: handler)
    }

    mutating func rang() { self = SocketAlarm() }

    mutating func cancel() {
        callback?.cancel()
        self = SocketAlarm()
    }
}
