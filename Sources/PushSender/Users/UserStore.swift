#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The port to wherever users are kept. A user is there as soon as anything names one. Every change is durable when the call returns, and
/// happens whole or not at all.
public protocol UserStore: Sendable {
    /// - Returns: the user as stored, and whether it is new.
    func update(_ user: String, app: AppID, _ changes: UserChanges, now: Date) async throws -> (user: User, isNew: Bool)
    func user(_ id: String, app: AppID) async throws -> User?
    /// Users in the order of their ids, after `after`. At most `limit`.
    func users(app: AppID, after: String?, limit: Int) async throws -> [User]

    /// Every device that the user has, and will have, joins.
    func join(_ topic: String, user: String, app: AppID, now: Date) async throws
    /// Undoes ``join(_:user:app:now:)``; what a device joined itself stays.
    func leave(_ topic: String, user: String, app: AppID) async throws

    /// Changes what a user joined, and with it all devices that the user has: those that joined a topic themselves stay in it. Of
    /// everybody, where `user` is nil, only devices that register afterwards know.
    func change(_ topics: TopicChange, user: String?, app: AppID, now: Date) async throws
    /// Who joined what, in the order of users, everybody first, and topics, after `after`. At most `limit`.
    /// - Parameter users: only these, nil for everybody; all where there are none.
    func memberships(
        of users: [String?], in topics: TopicFilter, app: AppID, after: UserMembership?, limit: Int
    ) async throws -> [UserMembership]
    /// How many there are in all.
    func membershipCount(of users: [String?], in topics: TopicFilter, app: AppID) async throws -> Int

    /// Every device of the App joins when it next registers.
    func joinEverybody(_ topic: String, app: AppID) async throws
    /// No device joins any more because everybody does; each is out when it next registers.
    func leaveEverybody(_ topic: String, app: AppID) async throws
    /// The topics that everybody joins.
    func everybodysTopics(app: AppID) async throws -> [String]

    /// The user's devices in the order of their ids; at most `limit`.
    func devices(of user: String, app: AppID, limit: Int) async throws -> [Device]
    /// Deletes the user, the user's devices, and what is kept about them: failures, receipts, waiting deliveries, counts of how often.
    /// - Returns: how many devices; nil when there is nothing of that user.
    func erase(_ user: String, app: AppID) async throws -> Int?
}
