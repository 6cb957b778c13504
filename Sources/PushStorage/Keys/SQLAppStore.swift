#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
public import PushSender

/// Apps in a database.
public struct SQLAppStore: Sendable {
    public struct App: Sendable, Hashable {
        public let id: AppID
        public let name: String
        public let createdAt: Date
    }

    private let database: any SQLDatabase

    public init(_ database: OpenDatabase) { self.database = database.sql }

    public func app(named name: String) async throws -> App? {
        try await database.read { try find(name, $0) }
    }

    /// - Returns: the App of that name, and whether it is new.
    public func create(_ name: String, now: Date) async throws -> (app: App, isNew: Bool) {
        try await database.write { connection in
            let isNew = try connection.execute(
                """
                INSERT INTO app (id, name, created_at) SELECT MAX(id) + 1, ?, ? FROM app WHERE TRUE
                ON CONFLICT (name) DO NOTHING
                """,
                [.text(name), .date(now)]) > 0
            guard let app = try find(name, connection) else {
                throw StorageError(.corrupt, "App \(name) is not there right after it was written")
            }
            return (app, isNew)
        }
    }

    public func rules(of app: AppID) async throws -> AppRules {
        try await database.read { try AppRow.rules(app, $0) }
    }

    public func set(_ settings: AppSettings, of app: AppID) async throws {
        let text = try json(settings)
        try await database.write { connection in
            try connection.execute("UPDATE app SET settings = ? WHERE id = ?", [.text(text), .integer(app.rawValue)])
        }
    }

    public func apps() async throws -> [App] {
        try await database.read { try $0.rows("SELECT id, name, created_at FROM app ORDER BY id", []).map(readApp) }
    }
}

private func find(_ name: String, _ connection: any SQLConnection) throws -> SQLAppStore.App? {
    try connection.row("SELECT id, name, created_at FROM app WHERE name = ?", [.text(name)]).map(readApp)
}

private func readApp(_ row: SQLRow) throws -> SQLAppStore.App {
    SQLAppStore.App(id: AppID(rawValue: try row.integer(0)), name: try row.text(1), createdAt: try row.date(2))
}
