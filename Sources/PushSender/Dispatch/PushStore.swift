#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The port to wherever pushes and their slices are kept. Batch-first; every change is durable when the call returns, and happens
/// whole or not at all.
public protocol PushStore: PageStore {
    /// Which lanes the devices of an audience are in, disabled devices too, and what their App asks of all pushes. Looks at named devices
    /// or jumps through an index; never walks an audience.
    /// - Parameter byTimeZone: whether to tell time zones apart, once the App's rules are known.
    /// - Throws: ``PushProblem`` with code `unknownDevice` when the audience names a device that is not there.
    func reach(of audience: Audience, app: AppID, byTimeZone: @escaping @Sendable (AppRules) -> Bool) async throws -> Reach

    /// Whether there is an active device in an audience. Reads until it finds one: all that come into question, when there is none.
    func hasDevices(_ audience: Audience, app: AppID) async throws -> Bool

    /// Active devices of an audience by provider. Walks the audience.
    func count(_ audience: Audience, app: AppID) async throws -> [ProviderName: Int]

    /// Writes the push and its slices. Its cost doesn't depend on the size of the audience. Without any slice the push is done at once.
    /// Unfinished pushes with its collapse key for the same audience are superseded.
    /// - Returns: what was accepted: an earlier push, when the request had its idempotency key.
    /// - Throws: ``PushProblem`` with code `keyReused` when the idempotency key belongs to another request.
    @discardableResult
    func accept(_ acceptance: Acceptance) async throws -> Accepted

    /// The push that was accepted under a client's name for its request; nil when there is none.
    /// - Throws: ``PushProblem`` with code `keyReused` when the request was another.
    func push(under idempotency: Idempotency, app: AppID) async throws -> Push?

    /// Nobody else is to be sent the push. What is in the air lands.
    /// - Returns: whether there is such a push; one that was done stays so.
    func cancel(_ push: PushID, app: AppID, now: Date) async throws -> Bool

    /// Pushes with a label, the newest first. At most `limit`.
    func pushes(labelled label: String, app: AppID, limit: Int) async throws -> [PushID]

    func status(of push: PushID, app: AppID) async throws -> PushStatus?
    /// Pushes from the newest to the oldest, those before `before`. At most `limit`.
    func pushes(app: AppID, before: PushID?, limit: Int) async throws -> [PushStatus]
    /// Failures in the order of device ids, after `after`. At most `limit`.
    func failures(of push: PushID, after: DeviceID?, limit: Int) async throws -> [DeliveryFailure]

    /// By provider what is due and what is worked on, for whoever watches. Counts rows.
    func waitingWork(now: Date) async throws -> [ProviderName: WaitingWork]

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

    /// Deletes what was kept so long only to answer repeated requests, made before `requests` for pushes that are over, and counts of how
    /// often that no cap asks for any more: at most `limit` rows of each.
    /// - Returns: how many rows; 0 when none is left, or another process is at it.
    func deleteOutdated(requestsBefore requests: Date, now: Date, limit: Int) async throws -> Int
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
    public let rules: AppRules
    public let owner: LeaseOwner
    public init(slice: Slice, push: Push, rules: AppRules = AppRules(), owner: LeaseOwner) {
        self.rules = rules
        self.slice = slice
        self.push = push
        self.owner = owner
    }
}

public struct ClaimedRetries: Sendable {
    public let retries: [Retry]
    public let pushes: [PushID: Push]
    /// Of the lane's App.
    public let rules: AppRules
    public let owner: LeaseOwner
    public init(retries: [Retry], pushes: [PushID: Push], rules: AppRules = AppRules(), owner: LeaseOwner) {
        self.rules = rules
        self.retries = retries
        self.pushes = pushes
        self.owner = owner
    }
}
