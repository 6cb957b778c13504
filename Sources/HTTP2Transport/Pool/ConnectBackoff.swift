import HTTPTransport

/// The pause after failed connects, so that a dead origin isn't hammered.
struct ConnectBackoff {
    typealias Instant = ContinuousClock.Instant

    let first: Duration
    let limit: Duration
    private var failures = 0
    private(set) var until: Instant?
    private(set) var lastError: TransportError?

    init(first: Duration, limit: Duration) {
        self.first = first
        self.limit = limit
    }

    /// - Parameter jitter: from 0 up to 1; the pause is between half of its full length and all of it.
    mutating func failed(_ error: TransportError, now: Instant, jitter: Double) {
        let full = min(limit, first * (1 << min(failures, 20)))
        failures += 1
        until = now + full * (0.5 + jitter / 2)
        lastError = error
    }

    mutating func succeeded() {
        failures = 0
        until = nil
        lastError = nil
    }

    /// What to answer now instead of connecting; nil when it's time to try again.
    func refusal(now: Instant) -> TransportError? {
        guard let until, now < until else { return nil }
        return lastError
    }
}
