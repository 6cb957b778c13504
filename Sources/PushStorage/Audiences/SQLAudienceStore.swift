#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
public import PushSender

/// Audiences with a name in a database.
public struct SQLAudienceStore: AudienceStore {
    private let database: any SQLDatabase
    private static let columns = "name, audience, created_at, updated_at"

    public init(_ database: OpenDatabase) { self.database = database.sql }

    public func save(_ audience: Audience, as name: String, app: AppID, now: Date) async throws -> Bool {
        let text = try json(audience)
        return try await database.write { connection in
            let isKnown = try connection.row(
                "SELECT 1 FROM saved_audience WHERE app = ? AND name = ?", [.integer(app.rawValue), .text(name)]) != nil
            try connection.execute(
                """
                INSERT INTO saved_audience (app, name, audience, created_at, updated_at) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (app, name) DO UPDATE SET audience = excluded.audience, updated_at = excluded.updated_at
                """,
                [.integer(app.rawValue), .text(name), .text(text), .date(now), .date(now)])
            return !isKnown
        }
    }

    public func audience(named name: String, app: AppID) async throws -> SavedAudience? {
        try await database.look { connection in
            try connection.row(
                "SELECT \(Self.columns) FROM saved_audience WHERE app = ? AND name = ?", [.integer(app.rawValue), .text(name)]
            ).map(saved)
        }
    }

    public func audiences(app: AppID, after: String?, limit: Int) async throws -> [SavedAudience] {
        try await database.read { connection in
            try connection.rows(
                "SELECT \(Self.columns) FROM saved_audience WHERE app = ? AND name > ? ORDER BY name LIMIT ?",
                [.integer(app.rawValue), .text(after ?? ""), .integer(limit)]
            ).map(saved)
        }
    }

    public func remove(audience name: String, app: AppID) async throws -> Bool {
        try await database.write { connection in
            try connection.execute(
                "DELETE FROM saved_audience WHERE app = ? AND name = ?", [.integer(app.rawValue), .text(name)]) > 0
        }
    }
}

private func saved(_ row: SQLRow) throws -> SavedAudience {
    SavedAudience(
        name: try row.text(0), audience: try value(Audience.self, row.text(1)), createdAt: try row.date(2), updatedAt: try row.date(3))
}
