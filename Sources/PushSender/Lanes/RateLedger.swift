#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
import Synchronization

/// What has a rate of its own.
public enum RateSubject: Sendable, Hashable {
    case lane(Lane)
    /// A push that is to go out slowly.
    case push(PushID)
}

/// The port to what may still be sent of a rate. Nodes that share a lane or a push share its rate.
public protocol RateLedger: Sendable {
    /// Takes a page's devices from a rate.
    /// - Parameter perSecond: how many devices may be sent to a second, on average; a second's worth may go out at once.
    /// - Returns: nil when they are taken; else when to ask again.
    func take(_ devices: Int, of subject: RateSubject, perSecond: Double, now: Date) async throws -> Date?
}

/// The rates of a process that sends alone.
public final class LocalRates: RateLedger {
    private let buckets = Mutex<[RateSubject: TokenBucket]>([:])
    /// Beyond it, buckets that have filled up again are forgotten: a new one is full too.
    private static let bucketsKept = 256

    public init() {}

    public func take(_ devices: Int, of subject: RateSubject, perSecond: Double, now: Date) async -> Date? {
        buckets.withLock { buckets in
            if buckets.count > Self.bucketsKept { buckets = buckets.filter { !$0.value.isFull(at: now) } }
            return buckets[subject, default: TokenBucket(perSecond: perSecond)].take(devices, now: now)
        }
    }
}
