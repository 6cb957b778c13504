#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
public import PushSender

/// Provider credentials in a database, as somebody else sealed them: nothing here can read them.
public struct SQLCredentialStore: Sendable {
    /// All of an App's credentials for one provider.
    public struct Stored: Sendable, Hashable {
        public let app: AppID
        public let provider: ProviderName
        public let sealed: [UInt8]
        public let updatedAt: Date
    }

    private let database: any SQLDatabase

    public init(_ database: OpenDatabase) { self.database = database.sql }

    public func put(_ sealed: [UInt8], app: AppID, provider: ProviderName, now: Date) async throws {
        try await database.write { connection in
            try connection.execute(
                """
                INSERT INTO credential (app, provider, sealed, updated_at) VALUES (?, ?, ?, ?)
                ON CONFLICT (app, provider) DO UPDATE SET sealed = excluded.sealed, updated_at = excluded.updated_at
                """,
                [.integer(app.rawValue), .text(provider.rawValue), .blob(sealed), .date(now)])
        }
    }

    public func all() async throws -> [Stored] {
        try await database.read { connection in
            try connection.rows("SELECT app, provider, sealed, updated_at FROM credential ORDER BY app, provider", []).map {
                Stored(
                    app: AppID(rawValue: try $0.integer(0)), provider: ProviderName(rawValue: try $0.text(1)),
                    sealed: try $0.blob(2), updatedAt: try $0.date(3))
            }
        }
    }

    /// - Returns: whether there were any.
    public func remove(app: AppID, provider: ProviderName) async throws -> Bool {
        try await database.write { connection in
            try connection.execute(
                "DELETE FROM credential WHERE app = ? AND provider = ?",
                [.integer(app.rawValue), .text(provider.rawValue)]) > 0
        }
    }
}
