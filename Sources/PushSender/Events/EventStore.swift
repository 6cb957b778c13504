#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The port to the log of events. They are written by those who change something, in the same transaction.
public protocol EventStore: Sendable {
    /// For each App the place after which everything is new.
    func newest(of apps: [AppID]) async throws -> [AppID: EventPosition]

    /// Reads on.
    /// - Parameter rows: at most so many, from 1.
    func events(app: AppID, after: EventPosition, rows: Int) async throws -> EventPage

    /// Forgets events that happened before `date`.
    /// - Parameter limit: at most so many, for a short transaction.
    /// - Returns: how many; fewer than `limit` when there are no more.
    func deleteEvents(before date: Date, limit: Int) async throws -> Int
}

/// A stretch of an App's events.
public struct EventPage: Sendable, Hashable {
    /// In their order.
    public let events: [Event]
    /// Set where events after the asked place have been deleted: up to which place.
    public let gap: EventPosition?
    /// Where to read on.
    public let end: EventPosition

    public init(events: [Event], gap: EventPosition?, end: EventPosition) {
        self.events = events
        self.gap = gap
        self.end = end
    }
}
