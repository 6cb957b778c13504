public import PushSender
import Synchronization

/// Hears the engine, and lets a test wait for what it wants to hear instead of sleeping.
public final class EventRecorder: SenderObserver {
    private struct State {
        var events: [SenderEvent] = []
        var waiters: [(isMet: @Sendable ([SenderEvent]) -> Bool, continuation: CheckedContinuation<Void, any Error>)] = []
        var isCancelled = false
    }

    private let state = Mutex(State())

    public init() {}

    public var events: [SenderEvent] { state.withLock { $0.events } }

    public func report(_ event: SenderEvent) {
        let met = state.withLock { state in
            state.events.append(event)
            let events = state.events
            let met = state.waiters.filter { $0.isMet(events) }
            state.waiters.removeAll { $0.isMet(events) }
            return met
        }
        for waiter in met { waiter.continuation.resume() }
    }

    /// Returns as soon as the events so far meet the condition.
    /// - Throws: `CancellationError`, so that a test that waits for what never comes ends at its time limit.
    public func wait(until isMet: @escaping @Sendable ([SenderEvent]) -> Bool) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let answer: Result<Void, any Error>? = state.withLock { state in
                    if state.isCancelled { return .failure(CancellationError()) }
                    if isMet(state.events) { return .success(()) }
                    state.waiters.append((isMet, continuation))
                    return nil
                }
                if let answer { continuation.resume(with: answer) }
            }
        } onCancel: {
            let waiters = state.withLock { state in
                state.isCancelled = true
                defer { state.waiters = [] }
                return state.waiters
            }
            for waiter in waiters { waiter.continuation.resume(throwing: CancellationError()) }
        }
    }

    /// Returns when pages with this many deliveries in all have been recorded for a push. Retries count again.
    public func wait(forSettled count: Int, of push: PushID) async throws {
        try await wait { events in
            events.reduce(0) { sum, event in
                guard case .recorded(let page) = event, page.push.id == push else { return sum }
                return sum + page.counters.ended
            } >= count
        }
    }
}

extension PushCounters {
    /// How many devices came to an end.
    public var ended: Int { accepted + failed + expired + unregistered + cancelled + dropped }
}
