#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The port to wherever pushes and their slices are kept. Batch-first; every change is durable when the call returns, and happens
/// whole or not at all.
public protocol PushStore: Sendable {
    /// The lanes that the devices of an audience are in, disabled devices too.
    /// - Throws: ``PushProblem`` with code `unknownDevice` when the audience names a device that is not there.
    func lanes(of audience: Audience, app: AppID) async throws -> [Lane]

    /// Writes the push and one slice per lane. Its cost doesn't depend on the size of the audience. Without any lane the push is done at
    /// once.
    /// - Parameter lease: held on the slices from the first; nil leaves them to whoever claims them.
    /// - Returns: the slices.
    @discardableResult
    func accept(_ push: Push, lanes: [Lane], lease: Lease?) async throws -> [Slice]

    func status(of push: PushID, app: AppID) async throws -> PushStatus?
    /// Pushes from the newest to the oldest, those before `before`. At most `limit`.
    func pushes(app: AppID, before: PushID?, limit: Int) async throws -> [PushStatus]
    /// Failures in the order of device ids, after `after`. At most `limit`.
    func failures(of push: PushID, after: DeviceID?, limit: Int) async throws -> [DeliveryFailure]

    /// The lanes that have slices which are due and held by nobody.
    func lanesWithSlices(_ kind: SliceKind, now: Date) async throws -> [Lane]
    /// Takes due slices of a lane that nobody holds, oldest first, under a lease until `claim.leaseUntil`. A slice is never held twice.
    func claimSlices(_ kind: SliceKind, _ claim: Claim) async throws -> [ClaimedSlice]
    /// The lanes that have retries which are due and held by nobody.
    func lanesWithRetries(now: Date) async throws -> [Lane]
    /// Takes due retries of a lane that nobody holds, longest due first, under a lease. A retry is never held twice.
    func claimRetries(_ claim: Claim) async throws -> ClaimedRetries
    /// Makes everything of a provider that waits and is held by nobody due now: its credentials have changed.
    func hasten(app: AppID, provider: ProviderName, now: Date) async throws
    /// Prolongs every lease of these owners.
    func renewLeases(owners: [LeaseOwner], until: Date) async throws
    /// Frees every lease of a node's claims: others go on at once.
    func releaseLeases(node: LeaseOwner) async throws
    /// Frees every lease, whoever held it. Only for a database that no other process sends from.
    func releaseAllLeases() async throws

    /// Deletes pushes that were finished before `date`, their failures first: at most `limit` rows.
    /// - Returns: how many rows; 0 when none is left, or another process is at it.
    func deleteFinished(before date: Date, limit: Int) async throws -> Int

    /// Active devices of the slice's part of the audience after its cursor, in cursor order. Fewer than `limit` means: the end.
    func page(of slice: Slice, audience: Audience, app: AppID, limit: Int) async throws -> [Recipient]

    /// Writes what came of a page: cursor, counters, retries, failures, dead devices, and the end of the push when this was the last.
    /// A page counts once, however often it is recorded: a commit whose answer was lost may be repeated.
    /// - Returns: false when the lease was lost. Then nothing was written, and somebody else sends (or has sent) the page.
    func record(_ page: PageRecord, owner: LeaseOwner) async throws -> Bool
}

/// Who holds a lease: a node, or rather one of its claims. A new start of a process is a new node.
public struct LeaseOwner: RawRepresentable, Sendable, Hashable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// One of this node's claims.
    func claim(_ number: Int) -> LeaseOwner { LeaseOwner(rawValue: "\(rawValue).\(number)") }
}

/// A right to work on something that ends by itself.
public struct Lease: Sendable {
    public let owner: LeaseOwner
    public let until: Date
    public init(owner: LeaseOwner, until: Date) {
        self.owner = owner
        self.until = until
    }
}

/// Direct pushes reach a few named devices and overtake broadcasts.
public enum SliceKind: Int, Sendable, CaseIterable { case direct = 0, broadcast = 1 }

public struct Claim: Sendable {
    public let lane: Lane
    public let limit: Int
    public let owner: LeaseOwner
    public let now: Date
    public let leaseUntil: Date
    public init(lane: Lane, limit: Int, owner: LeaseOwner, now: Date, leaseUntil: Date) {
        self.lane = lane
        self.limit = limit
        self.owner = owner
        self.now = now
        self.leaseUntil = leaseUntil
    }
}

public struct ClaimedSlice: Sendable {
    public let slice: Slice
    public let push: Push
    public let owner: LeaseOwner
    public init(slice: Slice, push: Push, owner: LeaseOwner) {
        self.slice = slice
        self.push = push
        self.owner = owner
    }
}

public struct ClaimedRetries: Sendable {
    public let retries: [Retry]
    public let pushes: [PushID: Push]
    public let owner: LeaseOwner
    public init(retries: [Retry], pushes: [PushID: Push], owner: LeaseOwner) {
        self.retries = retries
        self.pushes = pushes
        self.owner = owner
    }
}
