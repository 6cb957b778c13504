import Foundation
import Synchronization

/// When messages were posted stands in their bodies; this notes when they came.
final class MessageClock: Sendable {
    private struct State {
        var milliseconds: [Double] = []
        var wanted = Int.max
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    static var nanoseconds: UInt64 { DispatchTime.now().uptimeNanoseconds }

    func note(postedAt nanoseconds: UInt64) {
        let milliseconds = Double(Self.nanoseconds &- nanoseconds) / 1_000_000
        let waiter = state.withLock { state in
            state.milliseconds.append(milliseconds)
            guard state.milliseconds.count >= state.wanted else { return nil as CheckedContinuation<Void, Never>? }
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    func wait(for count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                state.wanted = count
                if state.milliseconds.count < count { state.waiter = continuation }
                return state.milliseconds.count >= count
            }
            if isThere { continuation.resume() }
        }
    }

    func reset() { state.withLock { $0 = State() } }

    func percentile(_ share: Double) -> Double {
        let sorted = state.withLock { $0.milliseconds }.sorted()
        return sorted.isEmpty ? .nan : sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
    }
}
