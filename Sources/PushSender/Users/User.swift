#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
public import JSON

/// The App's own user, by the App's own id, with as many devices as there are.
public struct User: Sendable, Hashable {
    public let id: String
    /// What texts may say of the user: members of a JSON object.
    public var attributes: [String: JSONValue]
    /// When the user isn't to be disturbed, beside the App's own quiet hours.
    public var quietHours: DailyHours?
    /// What every device of the user joins.
    public var topics: [String]
    public let createdAt: Date
    public let updatedAt: Date

    public init(
        id: String, attributes: [String: JSONValue] = [:], quietHours: DailyHours? = nil, topics: [String] = [], createdAt: Date,
        updatedAt: Date
    ) {
        self.id = id
        self.attributes = attributes
        self.quietHours = quietHours
        self.topics = topics
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// What is to be changed in a ``User``; what is nil stays.
public struct UserChanges: Sendable, Hashable {
    public enum Quiet: Sendable, Hashable {
        case hours(DailyHours)
        case never
    }

    /// By name; an attribute whose value is nil goes, those that aren't named stay.
    public var attributes: [String: JSONValue?]
    public var quiet: Quiet?

    public init(attributes: [String: JSONValue?] = [:], quiet: Quiet? = nil) {
        self.attributes = attributes
        self.quiet = quiet
    }
}
