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
        var isCut = false
        var page: CheckedContinuation<Void, Never>?
        var late: CheckedContinuation<Void, Never>?
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

    /// Returns when all have landed, or the flight was cut short.
    func landedOrCut() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.missing == 0 || state.isCut { return true }
                state.page = continuation
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    /// Returns when all have landed.
    func landed() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.missing == 0 { return true }
                state.late = continuation
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    /// Nobody waits any longer for the page as a whole.
    func cut() {
        let page = state.withLock { state in
            state.isCut = true
            defer { state.page = nil }
            return state.page
        }
        page?.resume()
    }

    private func land(_ index: Int, _ outcome: Outcome) {
        let (page, late) = state.withLock { state -> (CheckedContinuation<Void, Never>?, CheckedContinuation<Void, Never>?) in
            guard state.outcomes[index] == nil else { return (nil, nil) }
            state.outcomes[index] = outcome
            state.missing -= 1
            guard state.missing == 0 else { return (nil, nil) }
            defer { (state.page, state.late) = (nil, nil) }
            return (state.page, state.late)
        }
        page?.resume()
        late?.resume()
    }
}
