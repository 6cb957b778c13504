#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// How far a push has come.
public struct PushStatus: Sendable, Hashable {
    public enum State: String, Sendable {
        /// Accepted; no device has been tried yet.
        case queued
        /// Some devices have been tried.
        case sending
        /// Every device of the audience is accounted for.
        case done
    }

    public let push: Push
    public let state: State
    public let counters: PushCounters
    /// The share of the audience that has been tried at least once, 0 to 1.
    public let progress: Double
    public let finishedAt: Date?

    public init(push: Push, state: State, counters: PushCounters, progress: Double, finishedAt: Date?) {
        self.push = push
        self.state = state
        self.counters = counters
        self.progress = progress
        self.finishedAt = finishedAt
    }
}

/// Every device that was tried is in exactly one of these.
public struct PushCounters: Sendable, Hashable {
    /// The provider took it. Not "delivered": only the device could say that.
    public var accepted = 0
    /// The provider refused it for good.
    public var failed = 0
    /// It was too late for another attempt.
    public var expired = 0
    /// The provider says that the token is dead; the device is disabled.
    public var unregistered = 0
    /// Waiting for another attempt.
    public var retrying = 0

    public init() {}

    public var total: Int { accepted + failed + expired + unregistered + retrying }

    public static func + (left: PushCounters, right: PushCounters) -> PushCounters {
        var sum = left
        sum.accepted += right.accepted
        sum.failed += right.failed
        sum.expired += right.expired
        sum.unregistered += right.unregistered
        sum.retrying += right.retrying
        return sum
    }
}

/// A delivery that ended badly, kept so that somebody can look it up.
public struct DeliveryFailure: Sendable, Hashable {
    public enum Kind: String, Sendable { case failed, expired, unregistered }
    public let device: DeviceID
    public let kind: Kind
    /// In the provider's words where it said any.
    public let reason: String
    public let at: Date

    public init(device: DeviceID, kind: Kind, reason: String, at: Date) {
        self.device = device
        self.kind = kind
        self.reason = reason
        self.at = at
    }
}
