public import PushSender
import Synchronization

/// Hears the engine, and lets a test wait for what it wants to hear instead of sleeping.
public final class EventRecorder: SenderObserver {
    private struct State {
        var events: [SenderEvent] = []
        var waiters: [(isMet: @Sendable ([SenderEvent]) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []
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
    public func wait(until isMet: @escaping @Sendable ([SenderEvent]) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isMetNow = state.withLock { state in
                if isMet(state.events) { return true }
                state.waiters.append((isMet, continuation))
                return false
            }
            if isMetNow { continuation.resume() }
        }
    }

    /// Returns when pages with this many deliveries in all have been recorded for a push. Retries count again.
    public func wait(forSettled count: Int, of push: PushID) async {
        await wait { events in
            events.reduce(0) { sum, event in
                guard case .recorded(push, _, let counters) = event else { return sum }
                return sum + counters.accepted + counters.failed + counters.expired + counters.unregistered
            } >= count
        }
    }
}
