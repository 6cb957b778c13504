#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import Synchronization

/// A page of attempts on its way. It can be looked at before all of it has landed, so that one far side that hangs doesn't hold up the
/// devices of the others.
final class Flight: Sendable {
    let recipients: [Recipient]
    let startedAt: Date
    private let prepared: any PreparedPush
    private let state: Mutex<State>

    private struct State {
        var outcomes: [Outcome?]
        var missing: Int
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter = 0
    }

    init(_ recipients: [Recipient], _ prepared: any PreparedPush, startedAt: Date) {
        self.recipients = recipients
        self.prepared = prepared
        self.startedAt = startedAt
        state = Mutex(State(outcomes: Array(repeating: nil, count: recipients.count), missing: recipients.count))
    }

    /// Makes the attempts; returns when all have landed.
    func fly() async {
        await prepared.attempt(recipients, now: startedAt) { index, outcome in self.land(index, outcome) }
        for index in recipients.indices {
            land(index, .unavailable(until: nil, reason: "the provider's adapter gave no outcome"))
        }
    }

    /// What has landed by now, by index; nil for what is still in the air.
    var outcomes: [Outcome?] { state.withLock { $0.outcomes } }

    /// Returns when all have landed, or when the task is cancelled.
    func landed() async {
        let waiter = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.missing == 0 || Task.isCancelled { return true }
                    state.waiting[waiter] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: waiter) }?.resume()
        }
    }

    private func land(_ index: Int, _ outcome: Outcome) {
        let waiting: [CheckedContinuation<Void, Never>] = state.withLock { state in
            guard state.outcomes[index] == nil else { return [] }
            state.outcomes[index] = outcome
            state.missing -= 1
            guard state.missing == 0 else { return [] }
            defer { state.waiting.removeAll() }
            return Array(state.waiting.values)
        }
        for waiter in waiting { waiter.resume() }
    }
}
