import Crypto
#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
public import PushSender

/// API keys in a database.
public struct SQLKeyStore: Sendable {
    private let database: any SQLDatabase

    public init(_ database: OpenDatabase) { self.database = database.sql }

    // Goes away with Unwired.swift.

    /// The key that has this secret, or had it before a rotation that isn't over by the database's clock.
    ///
    /// Found by its digest, so that comparing takes no longer the more of a guess is right.
    public func key(secret: String) async throws -> APIKey? {
        let digest = SQLValue.blob(digest(secret)), now = database.now()
        return try await database.look { connection in
            try connection.row(
                """
                SELECT \(columns) FROM api_key WHERE secret_hash = ?
                UNION ALL SELECT \(columns) FROM api_key WHERE previous_hash = ? AND previous_until > ?
                """,
                [digest, digest, .date(now)]
            ).map(apiKey)
        }
    }

    /// The keys of an App, of all Apps when it is nil, the oldest first.
    public func keys(app: AppID? = nil) async throws -> [APIKey] {
        try await database.read { connection in
            try connection.rows(
                "SELECT \(columns) FROM api_key WHERE app = COALESCE(?, app) ORDER BY created_at, id", [.app(app)]
            ).map(apiKey)
        }
    }

    /// Makes a key.
    /// - Parameter limitKeys: the most that an App may have.
    /// - Returns: nil, with nothing made, when the App has as many.
    /// - Throws: ``StorageError`` also when the id or the secret is taken.
    public func create(
        secret: String, id: String, app: AppID, name: String, scope: KeyScope, limitKeys: Int, now: Date
    ) async throws -> APIKey? {
        try await database.write { connection in
            let made = try connection.execute(
                """
                INSERT INTO api_key (id, app, name, scope, secret_hash, created_at)
                SELECT ?, ?, ?, ?, ?, ? WHERE (SELECT COUNT(*) FROM api_key WHERE app = ?) < ?
                """,
                row(secret, id, app, name, scope, now) + [.integer(app.rawValue), .integer(Int64(limitKeys))])
            return made > 0 ? try find(id, connection) : nil
        }
    }

    /// Keeps a key. The same id again gets the new secret, and the old one stops working.
    public func put(
        secret: String, id: String, app: AppID, name: String, scope: KeyScope, now: Date
    ) async throws {
        try await database.write { connection in
            try connection.execute(
                """
                INSERT INTO api_key (id, app, name, scope, secret_hash, created_at) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET secret_hash = excluded.secret_hash, scope = excluded.scope
                """,
                row(secret, id, app, name, scope, now))
        }
    }

    /// Gives a key another secret. The one it had works until then; one from a rotation before that stops at once.
    /// - Parameters:
    ///   - app: nil for a key of any App.
    ///   - overlapUntil: nil: the old secret stops at once.
    /// - Returns: the key; nil when there is none.
    public func rotate(id: String, app: AppID?, to secret: String, overlapUntil: Date?) async throws -> APIKey? {
        try await database.write { connection in
            // What stands right of an = is the row as it was.
            try connection.execute(
                """
                UPDATE api_key SET secret_hash = ?, previous_hash = \(overlapUntil == nil ? "NULL" : "secret_hash"), previous_until = ?
                WHERE id = ? AND app = COALESCE(?, app)
                """,
                [.blob(digest(secret)), .date(overlapUntil), .text(id), .app(app)]) > 0 ? find(id, connection) : nil
        }
    }

    /// - Parameter app: nil for a key of any App.
    /// - Returns: the key that was removed; nil when there was none.
    public func remove(id: String, app: AppID? = nil) async throws -> APIKey? {
        try await database.write { connection in
            guard let key = try find(id, connection), app == nil || key.app == app else { return nil }
            return try connection.execute("DELETE FROM api_key WHERE id = ?", [.text(id)]) > 0 ? key : nil
        }
    }

    /// Remembers when keys were used last. What is known to be later stays.
    public func used(_ moments: [String: Date]) async throws {
        try await database.write { connection in
            // In one order, so that nodes don't wait for each other crosswise.
            let arguments = moments.sorted { $0.key < $1.key }
                .map { [SQLValue.date($0.value), .text($0.key), .date($0.value)] }
            try connection.execute(
                "UPDATE api_key SET last_used_at = ? WHERE id = ? AND COALESCE(last_used_at, 0) < ?", each: arguments)
        }
    }
}

private let columns = "id, app, name, scope, created_at, last_used_at, previous_until"

private func find(_ id: String, _ connection: any SQLConnection) throws -> APIKey? {
    try connection.row("SELECT \(columns) FROM api_key WHERE id = ?", [.text(id)]).map(apiKey)
}

private func row(_ secret: String, _ id: String, _ app: AppID, _ name: String, _ scope: KeyScope, _ now: Date) -> [SQLValue] {
    [.text(id), .integer(app.rawValue), .text(name), .text(scope.rawValue), .blob(digest(secret)), .date(now)]
}

/// Secrets are 32 random bytes: a plain digest of one can't be guessed back, and costs nothing per request.
private func digest(_ secret: String) -> [UInt8] { Array(SHA256.hash(data: Array(secret.utf8))) }

private func apiKey(_ row: SQLRow) throws -> APIKey {
    APIKey(
        id: try row.text(0), app: AppID(rawValue: try row.integer(1)), name: try row.text(2),
        scope: KeyScope(rawValue: try row.text(3)) ?? .register, createdAt: try row.date(4), lastUsedAt: try row.optionalDate(5),
        previousUntil: try row.optionalDate(6))
}

extension SQLValue {
    /// Null for every App.
    static func app(_ app: AppID?) -> SQLValue { app.map { .integer($0.rawValue) } ?? .null }
}
