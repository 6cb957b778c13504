#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
public import PushSender

/// Something that an administrator did. Never holds a secret.
public struct AuditEntry: Sendable, Hashable {
    /// The App that it was done to.
    public let app: AppID
    public let at: Date
    /// The key it was done with; empty for the command line on the server's own machine.
    public let keyID: String
    /// What the key was called then.
    public let keyName: String
    /// What was done, such as `key.created`.
    public let action: String
    /// To what.
    public let subject: String

    public init(app: AppID, at: Date, keyID: String, keyName: String, action: String, subject: String) {
        self.app = app
        self.at = at
        self.keyID = keyID
        self.keyName = keyName
        self.action = action
        self.subject = subject
    }
}

/// What administrators did, in a database.
public struct SQLAuditStore: Sendable {
    private let database: any SQLDatabase

    public init(_ database: OpenDatabase) { self.database = database.sql }


    public func record(_ entry: AuditEntry) async throws {
        try await database.write { connection in
            try connection.execute(
                "INSERT INTO audit (app, at, key, key_name, action, subject) VALUES (?, ?, ?, ?, ?, ?)",
                [
                    .integer(entry.app.rawValue), .date(entry.at), .text(entry.keyID), .text(entry.keyName), .text(entry.action),
                    .text(entry.subject),
                ])
        }
    }

    /// The newest first.
    /// - Parameters:
    ///   - app: nil for all Apps.
    ///   - before: only entries with smaller numbers; nil for the newest.
    public func entries(app: AppID?, before: Int64?, limit: Int) async throws -> [(number: Int64, entry: AuditEntry)] {
        try await database.read { connection in
            try connection.rows(
                """
                SELECT id, app, at, key, key_name, action, subject FROM audit
                WHERE id < ? \(app == nil ? "" : "AND app = ?") ORDER BY id DESC LIMIT ?
                """,
                [.integer(before ?? .max)] + (app.map { [.integer($0.rawValue)] } ?? []) + [.integer(Int64(limit))]
            ).map { (try $0.integer(0), try entry($0)) }
        }
    }

    /// - Parameter limit: the most to delete at once. Nodes that are at it together do no harm.
    /// - Returns: how many were deleted.
    public func delete(before date: Date, limit: Int) async throws -> Int {
        try await database.write { connection in
            try connection.execute(
                "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < ? ORDER BY at LIMIT ?)",
                [.date(date), .integer(Int64(limit))])
        }
    }
}

private func entry(_ row: SQLRow) throws -> AuditEntry {
    AuditEntry(
        app: AppID(rawValue: try row.integer(1)), at: try row.date(2), keyID: try row.text(3), keyName: try row.text(4),
        action: try row.text(5), subject: try row.text(6))
}
