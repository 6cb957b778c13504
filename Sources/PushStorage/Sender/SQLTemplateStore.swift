#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
public import PushSender

/// Templates in a database.
public struct SQLTemplateStore: TemplateStore {
    private let database: any SQLDatabase
    private static let columns = "name, template, created_at, updated_at"

    public init(_ database: OpenDatabase) { self.database = database.sql }

    public func put(
        _ template: Template, named name: String, app: AppID, now: Date
    ) async throws -> (template: StoredTemplate, isNew: Bool) {
        let text = try json(template)
        return try await database.write { connection in
            let isNew = try connection.execute(
                """
                INSERT INTO template (app, name, template, created_at, updated_at) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (app, name) DO NOTHING
                """,
                [.integer(app.rawValue), .text(name), .text(text), .date(now), .date(now)]) > 0
            if !isNew {
                try connection.execute(
                    "UPDATE template SET template = ?, updated_at = ? WHERE app = ? AND name = ?",
                    [.text(text), .date(now), .integer(app.rawValue), .text(name)])
            }
            guard let stored = try find(name, app, connection) else {
                throw StorageError(.corrupt, "template \(name) is not there right after it was written")
            }
            return (stored, isNew)
        }
    }

    public func template(named name: String, app: AppID) async throws -> StoredTemplate? {
        try await database.look { try find(name, app, $0) }
    }

    public func templates(app: AppID, after: String?, limit: Int) async throws -> [StoredTemplate] {
        try await database.read { connection in
            try connection.rows(
                "SELECT \(Self.columns) FROM template WHERE app = ? AND name > ? ORDER BY name LIMIT ?",
                [.integer(app.rawValue), .text(after ?? ""), .integer(limit)]
            ).map(stored)
        }
    }

    public func remove(named name: String, app: AppID) async throws -> Bool {
        try await database.write { connection in
            try connection.execute("DELETE FROM template WHERE app = ? AND name = ?", [.integer(app.rawValue), .text(name)]) > 0
        }
    }

    private func find(_ name: String, _ app: AppID, _ connection: any SQLConnection) throws -> StoredTemplate? {
        try connection.row(
            "SELECT \(Self.columns) FROM template WHERE app = ? AND name = ?", [.integer(app.rawValue), .text(name)]
        ).map(stored)
    }

    private func stored(_ row: SQLRow) throws -> StoredTemplate {
        StoredTemplate(
            name: try row.text(0), template: try value(Template.self, row.text(1)), createdAt: try row.date(2), updatedAt: try row.date(3))
    }
}
