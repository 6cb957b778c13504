#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// An audience with a name, to be used again.
public struct SavedAudience: Sendable, Hashable {
    public let name: String
    public let audience: Audience
    public let createdAt: Date
    public let updatedAt: Date

    public init(name: String, audience: Audience, createdAt: Date, updatedAt: Date) {
        self.name = name
        self.audience = audience
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// The port to wherever audiences with a name are kept. A push takes a copy: what is changed afterwards doesn't change it.
public protocol AudienceStore: Sendable {
    /// - Returns: whether the name is new.
    func save(_ audience: Audience, as name: String, app: AppID, now: Date) async throws -> Bool
    func audience(named name: String, app: AppID) async throws -> SavedAudience?
    /// In the order of their names, after `after`. At most `limit`.
    func audiences(app: AppID, after: String?, limit: Int) async throws -> [SavedAudience]
    /// - Returns: whether there was one of that name.
    func remove(audience name: String, app: AppID) async throws -> Bool
}
