import Synchronization

/// Waits that somebody else may end early.
final class Pause: Sendable {
    private struct Bells {
        var next = 0
        var ringing: [Int: AsyncStream<Void>.Continuation] = [:]
    }

    private let bells = Mutex(Bells())

    /// - Parameter sleep: begins when rings are heard, so it may find out itself how long to sleep.
    /// - Returns: true when it was rung for, false when `sleep` has ended.
    /// - Throws: CancellationError.
    @discardableResult func wait(_ sleep: @escaping @Sendable () async throws -> Void) async throws -> Bool {
        let (rings, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let number = bells.withLock { bells in
            bells.next += 1
            bells.ringing[bells.next] = bell
            return bells.next
        }
        defer { bells.withLock { _ = $0.ringing.removeValue(forKey: number) } }
        return try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await sleep()
                return false
            }
            group.addTask { await rings.first { _ in true } != nil }
            defer { group.cancelAll() }
            let wasRung = try await group.next() ?? false
            try Task.checkCancellation()
            return wasRung
        }
    }

    /// Whether there is a wait to end.
    var isWaitedIn: Bool { bells.withLock { !$0.ringing.isEmpty } }

    /// Ends every wait there is now.
    func ring() { bells.withLock { for bell in $0.ringing.values { bell.yield() } } }
}
