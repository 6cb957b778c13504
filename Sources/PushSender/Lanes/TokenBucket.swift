#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Keeps to a rate on average. A page is let through whole as long as the bucket isn't empty, and leaves it in debt: pages needn't be cut
/// to fit.
struct TokenBucket: Sendable {
    /// Nil for no limit.
    private let perSecond: Double?
    /// What may go out at once after a quiet time.
    private let burst: Double
    private var tokens: Double
    private var filledAt: Date?

    init(perSecond: Double?, burstSeconds: Double = 1) {
        self.perSecond = perSecond
        burst = max(1, (perSecond ?? 1) * burstSeconds)
        tokens = burst
    }

    /// - Returns: nil when the tokens are taken; else when to ask again.
    mutating func take(_ count: Int, now: Date) -> Date? {
        guard let perSecond else { return nil }
        tokens = min(burst, tokens + max(0, now.timeIntervalSince(filledAt ?? now)) * perSecond)
        filledAt = now
        guard tokens > 0 else { return now.addingTimeInterval(max(0.001, -tokens / perSecond)) }
        tokens -= Double(count)
        return nil
    }
}
