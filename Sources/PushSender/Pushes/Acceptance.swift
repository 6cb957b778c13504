#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A push about to be made durable.
public struct Acceptance: Sendable {
    public struct NewSlice: Sendable, Hashable {
        public let segment: Segment
        /// Nobody claims it before; nil when it is due.
        public let notBefore: Date?

        public init(_ segment: Segment, notBefore: Date? = nil) {
            self.segment = segment
            self.notBefore = notBefore
        }
    }

    public let push: Push
    public let slices: [NewSlice]
    /// Held on the slices from the first; nil leaves them to whoever claims them.
    public let lease: Lease?
    public let idempotency: Idempotency?
    /// See ``PushRequest/labels``.
    public let labels: [String]

    public init(push: Push, slices: [NewSlice], lease: Lease? = nil, idempotency: Idempotency? = nil, labels: [String] = []) {
        self.labels = labels
        self.push = push
        self.slices = slices
        self.lease = lease
        self.idempotency = idempotency
    }

    func held(under lease: Lease) -> Acceptance {
        Acceptance(push: push, slices: slices, lease: lease, idempotency: idempotency, labels: labels)
    }
}

/// A name that a client gives a request, to repeat it without harm, and a digest of what it asked for.
public struct Idempotency: Sendable, Hashable {
    public let key: String
    public let requestHash: [UInt8]

    public init(key: String, requestHash: [UInt8]) {
        self.key = key
        self.requestHash = requestHash
    }
}

public struct Accepted: Sendable {
    public let push: Push
    /// None when the request was a repetition.
    public let slices: [Slice]
    public let isRepetition: Bool

    public init(push: Push, slices: [Slice], isRepetition: Bool = false) {
        self.push = push
        self.slices = slices
        self.isRepetition = isRepetition
    }
}
