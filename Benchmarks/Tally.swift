import Synchronization

/// Counts, and tells when there is enough.
final class Tally: Sendable {
    private struct State {
        var count = 0
        var wanted = Int.max
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func add() {
        let waiter = state.withLock { state in
            state.count += 1
            guard state.count >= state.wanted else { return nil as CheckedContinuation<Void, Never>? }
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    func wait(for count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                state.wanted = count
                if state.count < count { state.waiter = continuation }
                return state.count >= count
            }
            if isThere { continuation.resume() }
        }
    }

    func reset() { state.withLock { $0 = State() } }
}
