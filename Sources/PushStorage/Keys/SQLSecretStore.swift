#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What nodes on one database must agree on and nobody else may read, as somebody else sealed it.
public struct SQLSecretStore: Sendable {
    private let database: any SQLDatabase

    public init(_ database: OpenDatabase) { self.database = database.sql }

    public func secret(_ name: String) async throws -> (sealed: [UInt8], updatedAt: Date)? {
        try await database.look { try find(name, $0) }
    }

    public func put(_ sealed: [UInt8], as name: String, now: Date) async throws {
        try await database.write { connection in
            try connection.execute(
                """
                INSERT INTO secret (name, sealed, updated_at) VALUES (?, ?, ?)
                ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed, updated_at = excluded.updated_at
                """,
                [.text(name), .blob(sealed), .date(now)])
        }
    }

    /// Keeps a secret unless there is one newer than `date`; of several nodes at once the first wins.
    /// - Returns: the one in force, and when it was made.
    public func putFirst(
        _ sealed: [UInt8], as name: String, replacingBefore date: Date = .distantPast, now: Date
    ) async throws -> (sealed: [UInt8], updatedAt: Date) {
        try await database.write { connection in
            try connection.execute(
                """
                INSERT INTO secret (name, sealed, updated_at) VALUES (?, ?, ?)
                ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed, updated_at = excluded.updated_at
                WHERE secret.updated_at < ?
                """,
                [.text(name), .blob(sealed), .date(now), .date(date)])
            guard let kept = try find(name, connection) else {
                throw StorageError(.corrupt, "secret \(name) is not there right after it was written")
            }
            return kept
        }
    }

    /// - Returns: whether there was one.
    public func remove(_ name: String) async throws -> Bool {
        try await database.write { try $0.execute("DELETE FROM secret WHERE name = ?", [.text(name)]) > 0 }
    }
}

private func find(_ name: String, _ connection: any SQLConnection) throws -> (sealed: [UInt8], updatedAt: Date)? {
    try connection.row("SELECT sealed, updated_at FROM secret WHERE name = ?", [.text(name)])
        .map { (try $0.blob(0), try $0.date(1)) }
}
