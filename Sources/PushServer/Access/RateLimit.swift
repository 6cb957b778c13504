/// How much somebody may ask: a stock that one request takes one of, and that fills up again steadily.
struct RateLimit: Sendable, Hashable {
    /// As `RateLimit-Policy` names it.
    let name: String
    /// The time in which one comes back.
    let interval: Duration
    /// The size of the stock.
    let burst: Int

    init(name: String, requestsPerSecond: Double, burst: Int) {
        self.name = name
        interval = .seconds(1) / requestsPerSecond
        self.burst = burst
    }

    /// The time in which an empty stock is full again.
    var window: Duration { interval * burst }
}

/// What came of a request at a limit.
struct RateVerdict: Sendable, Hashable {
    let limit: RateLimit
    /// Requests left in the stock.
    let remaining: Int
    /// The time until the stock is full again, if nothing more is asked.
    let untilFull: Duration
    /// The time until the next request may pass; nil when this one did.
    let wait: Duration?
}

extension RateVerdict {
    /// An item of the field `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10 §3).
    var policy: String { "\"\(limit.name)\";q=\(limit.burst);w=\(limit.window.wholeSeconds)" }
    /// An item of the field `RateLimit` (§4 there).
    var state: String { "\"\(limit.name)\";r=\(remaining);t=\(untilFull.wholeSeconds)" }
}

extension Duration {
    /// Rounded up: who waits so long has not come too soon.
    var wholeSeconds: Int {
        let (seconds, rest) = components
        return Int(seconds) + (rest > 0 ? 1 : 0)
    }
}
