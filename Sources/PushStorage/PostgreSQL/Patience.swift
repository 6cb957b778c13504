import Synchronization

/// How long threads wait for a PostgreSQL that doesn't answer. Once the server stops it is less, and what one of them found out all know:
/// else each part of the server that stops would wait anew.
final class Patience: Sendable {
    private struct State {
        var hurriedAt: ContinuousClock.Instant?
        var isGivenUp = false
    }

    private let state = Mutex(State())

    private static let hurried = Duration.seconds(3)

    /// The server stops.
    func hurry(now: ContinuousClock.Instant = .now) {
        state.withLock { $0.hurriedAt = $0.hurriedAt ?? now }
    }

    /// Somebody has waited to the end: nobody else does, when the server stops.
    func end() { state.withLock { $0.isGivenUp = $0.hurriedAt != nil } }

    /// Whether the server stops.
    var isHurried: Bool { state.withLock { $0.hurriedAt != nil } }

    /// Whether the database isn't asked any more.
    var isGivenUp: Bool { state.withLock { $0.isGivenUp } }

    /// How long somebody waits who has since `start` and would until `deadline`.
    func deadline(_ deadline: ContinuousClock.Instant, since start: ContinuousClock.Instant) -> ContinuousClock.Instant {
        state.withLock { state in
            if state.isGivenUp { return start }
            return state.hurriedAt.map { min(deadline, max(start, $0) + Self.hurried) } ?? deadline
        }
    }
}
