#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What came of one page, to be written in one transaction.
public struct PageRecord: Sendable, Hashable {
    public enum Source: Sendable, Hashable {
        /// The slice as it stands after the page; `isFinished` when there is no more, `given` when half of it becomes a slice of
        /// its own.
        case slice(Slice, isFinished: Bool, given: ShardRange?, release: Release)
        /// A page of retries.
        case retries
    }

    /// What becomes of a slice's lease.
    public enum Release: Sendable, Hashable {
        case kept
        /// Handed back; nobody claims the slice before that moment, if there is one, unless its provider's trouble is over.
        case until(Date?)
        /// Handed back; nobody claims the slice before that moment, whatever happens.
        case notBefore(Date)

        /// That moment.
        var due: Date? {
            switch self {
            case .kept: nil
            case .until(let due): due
            case .notBefore(let due): due
            }
        }
    }

    public struct Postponed: Sendable, Hashable {
        public let device: DeviceID
        public let attempts: Int
        public let dueAt: Date
        /// Set when the attempt is still in the air: the row stays the owner's until then.
        public let leaseUntil: Date?

        public init(device: DeviceID, attempts: Int, dueAt: Date, leaseUntil: Date? = nil) {
            self.device = device
            self.attempts = attempts
            self.dueAt = dueAt
            self.leaseUntil = leaseUntil
        }
    }

    public struct Dead: Sendable, Hashable {
        public let device: DeviceID
        /// A registration after this moment saves the device.
        public let asOf: Date

        public init(device: DeviceID, asOf: Date) {
            self.device = device
            self.asOf = asOf
        }
    }

    public struct Moved: Sendable, Hashable {
        public let device: DeviceID
        public let token: Token

        public init(device: DeviceID, token: Token) {
            self.device = device
            self.token = token
        }
    }

    public let push: PushID
    public let lane: Lane
    public var source: Source
    /// To be added. `retrying` is negative where retries were settled, `queued` where devices were met.
    public var counters = PushCounters()
    /// Why devices were dropped.
    public var drops: [String: Int] = [:]
    /// New retries, or old ones with a new due time.
    public var postponed: [Postponed] = []
    /// Retries that are over.
    public var settled: [DeviceID] = []
    public var failures: [DeliveryFailure] = []
    public var dead: [Dead] = []
    public var moved: [Moved] = []
    /// When the attempts were made; the push is finished then if this was its last page.
    public let recordedAt: Date

    public init(push: PushID, lane: Lane, source: Source, recordedAt: Date) {
        self.recordedAt = recordedAt
        self.push = push
        self.lane = lane
        self.source = source
    }
}
