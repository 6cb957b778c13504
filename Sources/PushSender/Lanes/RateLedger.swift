#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
import Synchronization

/// The port to what lanes may still send of their rate. Nodes that share a lane share its rate.
public protocol RateLedger: Sendable {
    /// Takes a page's devices from a lane's rate.
    /// - Parameter perSecond: how many devices the lane may send a second, on average; a second's worth may go out at once.
    /// - Returns: nil when they are taken; else when to ask again.
    func take(_ devices: Int, of lane: Lane, perSecond: Double, now: Date) async throws -> Date?
}

/// The rates of a process that sends alone.
public final class LocalRates: RateLedger {
    private let buckets = Mutex<[Lane: TokenBucket]>([:])

    public init() {}

    public func take(_ devices: Int, of lane: Lane, perSecond: Double, now: Date) async -> Date? {
        buckets.withLock { $0[lane, default: TokenBucket(perSecond: perSecond)].take(devices, now: now) }
    }
}
