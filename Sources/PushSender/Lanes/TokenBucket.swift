#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Keeps to a rate on average. A page is let through whole as long as the bucket isn't empty, and leaves it in debt: pages needn't be cut
/// to fit.
public struct TokenBucket: Sendable {
    private let perSecond: Double
    /// What may go out at once after a quiet time: a second's worth.
    private var burst: Double { max(1, perSecond) }
    /// Negative while in debt.
    public private(set) var tokens: Double
    public private(set) var filledAt: Date?

    /// A full bucket.
    public init(perSecond: Double) {
        self.perSecond = perSecond
        tokens = max(1, perSecond)
    }

    /// A bucket as it was left.
    public init(perSecond: Double, tokens: Double, filledAt: Date) {
        self.perSecond = perSecond
        self.tokens = tokens
        self.filledAt = filledAt
    }

    /// Whether it is as good as new.
    func isFull(at now: Date) -> Bool { tokens + max(0, now.timeIntervalSince(filledAt ?? now)) * perSecond >= burst }

    /// - Returns: nil when the tokens are taken; else when to ask again.
    public mutating func take(_ count: Int, now: Date) -> Date? { take(count, upTo: count, now: now).until }

    /// Takes more than is needed at once, if there is more, for whoever comes next.
    /// - Returns: how many were taken; none with the time to ask again.
    public mutating func take(_ count: Int, upTo most: Int, now: Date) -> (taken: Int, until: Date?) {
        tokens = min(burst, tokens + max(0, now.timeIntervalSince(filledAt ?? now)) * perSecond)
        filledAt = max(filledAt ?? now, now)
        guard tokens > 0 else { return (0, now.addingTimeInterval(max(0.001, -tokens / perSecond))) }
        let taken = max(count, min(most, Int(tokens)))
        tokens -= Double(taken)
        return (taken, nil)
    }
}
