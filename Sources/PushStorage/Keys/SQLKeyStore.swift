import Crypto
#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
public import PushSender

/// What a key may do, from the least to the most. Admin may do everything.
public enum KeyScope: String, Sendable, Hashable, CaseIterable {
    case register, read, send, admin
}

/// A key as it is kept: its secret only as a digest.
public struct APIKey: Sendable, Hashable {
    public let id: String
    public let app: AppID
    public let name: String
    public let scope: KeyScope
    public let createdAt: Date
}

/// API keys in a database.
public struct SQLKeyStore: Sendable {
    private let database: any SQLDatabase

    public init(_ database: OpenDatabase) { self.database = database.sql }

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
                [
                    .text(id), .integer(app.rawValue), .text(name), .text(scope.rawValue), .blob(digest(secret)),
                    .date(now),
                ])
        }
    }

    /// The key that has this secret. Found by its digest, so that comparing takes no longer the more of a guess is right.
    public func key(secret: String) async throws -> APIKey? {
        try await database.look { connection in
            try connection.row(
                "SELECT id, app, name, scope, created_at FROM api_key WHERE secret_hash = ?", [.blob(digest(secret))]
            ).map(apiKey)
        }
    }

    public func keys() async throws -> [APIKey] {
        try await database.read { connection in
            try connection.rows("SELECT id, app, name, scope, created_at FROM api_key ORDER BY created_at, id", []).map(apiKey)
        }
    }

    /// - Returns: whether there was such a key.
    public func remove(id: String) async throws -> Bool {
        try await database.write { try $0.execute("DELETE FROM api_key WHERE id = ?", [.text(id)]) > 0 }
    }
}

/// Secrets are 32 random bytes: a plain digest of one can't be guessed back, and costs nothing per request.
private func digest(_ secret: String) -> [UInt8] { Array(SHA256.hash(data: Array(secret.utf8))) }

private func apiKey(_ row: SQLRow) throws -> APIKey {
    APIKey(
        id: try row.text(0), app: AppID(rawValue: try row.integer(1)), name: try row.text(2),
        scope: KeyScope(rawValue: try row.text(3)) ?? .register, createdAt: try row.date(4))
}
