#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// How far a push has come, and what came of it.
public struct PushStatus: Sendable, Hashable {
    public enum State: String, Sendable, CaseIterable {
        /// Its time hasn't come.
        case scheduled
        /// Accepted; no device has been tried yet.
        case queued
        /// Some devices have been tried.
        case sending
        /// Every device of the audience is accounted for.
        case done
        /// Somebody ended it; what had been sent by then is counted.
        case cancelled
    }

    /// How many devices failed for one reason.
    public struct FailureCount: Sendable, Hashable {
        public let provider: ProviderName
        public let reason: String
        public let devices: Int

        public init(provider: ProviderName, reason: String, devices: Int) {
            self.provider = provider
            self.reason = reason
            self.devices = devices
        }
    }

    public let push: Push
    public let state: State
    /// By provider.
    public let counters: [ProviderName: PushCounters]
    /// Why devices failed, in the providers' words.
    public let failures: [FailureCount]
    /// The share of the audience that has been tried at least once, 0 to 1.
    public let progress: Double
    public let finishedAt: Date?

    public init(
        push: Push, state: State, counters: [ProviderName: PushCounters], failures: [FailureCount] = [], progress: Double,
        finishedAt: Date?
    ) {
        self.failures = failures
        self.push = push
        self.state = state
        self.counters = counters
        self.progress = progress
        self.finishedAt = finishedAt
    }

    /// Of all providers.
    public var total: PushCounters { counters.values.reduce(PushCounters(), +) }
}

/// Every device of the audience is in exactly one of these, but for the last three, which devices said themselves.
public struct PushCounters: Sendable, Hashable {
    /// Not tried yet, as far as they have been counted; a large audience is counted when its turn comes.
    public var queued = 0
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
    /// The push was cancelled before their turn came.
    public var cancelled = 0
    /// A rule left them out: a frequency cap, a schedule that has no time for them, a newer push.
    public var dropped = 0
    public var received = 0
    public var opened = 0
    public var dismissed = 0

    public init() {}

    /// What every device is in exactly one of.
    public static let ends: [any WritableKeyPath<PushCounters, Int> & Sendable] = [
        \.queued, \.accepted, \.failed, \.expired, \.unregistered, \.retrying, \.cancelled, \.dropped,
    ]
    private static let all = ends + [\.received, \.opened, \.dismissed]

    /// The size of the audience.
    public var total: Int { Self.ends.reduce(0) { $0 + self[keyPath: $1] } }

    /// How many have been tried or left out for good.
    public var settled: Int { total - queued - retrying }

    public static func + (left: PushCounters, right: PushCounters) -> PushCounters {
        all.reduce(into: left) { $0[keyPath: $1] += right[keyPath: $1] }
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
