#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
public import PushSender

/// The log of events in a database.
public struct SQLEventStore: EventStore {
    private let database: any SQLDatabase

    public init(_ database: OpenDatabase) { self.database = database.sql }

    public func newest(of apps: [AppID]) async throws -> [AppID: EventPosition] {
        try await database.look { [dialect = database.dialect] connection in
            try apps.reduce(into: [:]) { $0[$1] = try EventRow.newest(app: $1, connection, dialect) }
        }
    }

    public func events(app: AppID, after: EventPosition, rows: Int) async throws -> EventPage {
        try await database.look { [dialect = database.dialect] connection in
            let events = try EventRow.read(app: app, after: after, rows: rows, connection, dialect)
            // Asked second: what is deleted in between makes a gap too many, never one too few.
            let gap = try EventRow.horizon(app: app, connection).flatMap { $0 > after ? $0 : nil }
            return EventPage(events: events, gap: gap, end: events.last?.position ?? max(after, gap ?? after))
        }
    }

    public func deleteEvents(before date: Date, limit: Int) async throws -> Int {
        try await database.write { [dialect = database.dialect] connection in
            let old = try connection.rows(
                "SELECT transaction_id, id, app FROM event WHERE at < ? ORDER BY at LIMIT ?\(dialect.skipLocked)",
                [.date(date), .integer(limit)])
            guard !old.isEmpty else { return 0 }
            try connection.execute(
                "DELETE FROM event WHERE id IN \(placeholders(old.count))", padded(old.map { $0.values[1] }))
            for (app, rows) in Dictionary(grouping: old, by: { $0.values[2] }) {
                guard let last = try rows.map({ try EventRow.position($0, at: 0) }).max() else { continue }
                try moveHorizon(of: app, to: last, connection)
            }
            return old.count
        }
    }
}

private func moveHorizon(of app: SQLValue, to position: EventPosition, _ connection: any SQLConnection) throws {
    try connection.execute(
        """
        INSERT INTO event_horizon (app, transaction_id, id) VALUES (?, ?, ?)
        ON CONFLICT (app) DO UPDATE SET transaction_id = excluded.transaction_id, id = excluded.id
        WHERE (excluded.transaction_id, excluded.id) > (event_horizon.transaction_id, event_horizon.id)
        """,
        [app] + EventRow.values(position))
}
