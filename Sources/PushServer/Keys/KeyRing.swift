public import Foundation
import Logging
import PushSender
import PushStorage

/// The keys of a data folder, for the command line on the server's own machine. Works beside a running server.
public struct KeyRing: Sendable {
    private let database: OpenDatabase
    private let keys: KeyMaking
    private let apps: SQLAppStore
    private let audit: AuditLog

    public struct Entry: Sendable {
        public let id: String
        public let scope: String
        public let app: String
        public let name: String
        public let createdAt: Date
        /// Nil when nobody has used it; up to a minute late.
        public let lastUsedAt: Date?
        /// When the secret before the last rotation stops working; nil when there is none that does.
        public let previousUntil: Date?
    }

    public static var scopeNames: String { KeyScope.allCases.map(\.rawValue).joined(separator: ", ") }
    public static let defaultOverlapSeconds = KeyMaking.defaultOverlapSeconds

    /// - Parameter databaseURL: a PostgreSQL; nil for the file in the data folder.
    public init(dataFolder: String, databaseURL: String? = nil) throws {
        database = try databaseURL.map { try OpenDatabase(postgres: PostgresSettings(url: $0)) }
            ?? OpenDatabase(sqlite: try DataFolder(path: dataFolder).database)
        keys = KeyMaking(store: SQLKeyStore(database), now: database.now)
        apps = SQLAppStore(database)
        audit = AuditLog(store: SQLAuditStore(database), logger: Logger(label: "herald"), now: database.now)
    }

    /// At the end.
    public func close() { database.close() }

    /// - Returns: the secret, which is not kept anywhere.
    /// - Throws: ``SettingsError`` for a scope, a name or an App that won't do.
    public func create(scope: String, name: String, app: String) async throws -> (id: String, secret: String) {
        guard let known = KeyScope(rawValue: scope) else {
            throw SettingsError(key: "scope", message: "\(scope) is none of \(Self.scopeNames)")
        }
        guard let app = try await apps.app(named: app) else {
            throw SettingsError(key: "app", message: "there is no App \(app); make it with PUT /v1/apps/\(app)")
        }
        let made = try await settled { try await keys.create(app: app.id, name: name, scope: known) }
        try await audit.recordCommand(.keyCreated, made.key.label, app: app.id)
        return (made.key.id, made.secret)
    }

    public func list() async throws -> [Entry] {
        let names = try await Dictionary(uniqueKeysWithValues: apps.apps().map { ($0.id, $0.name) })
        let now = database.now()
        return try await keys.store.keys().map { key in
            Entry(
                id: key.id, scope: key.scope.rawValue, app: names[key.app] ?? "", name: key.name, createdAt: key.createdAt,
                lastUsedAt: key.lastUsedAt, previousUntil: key.previousEnd(now: now))
        }
    }

    /// - Returns: the new secret, which is not kept anywhere; nil when there is no such key.
    /// - Throws: ``SettingsError`` for an overlap out of range, and for a key that a file holds.
    public func rotate(id: String, overlapSeconds: Int) async throws -> String? {
        let rotated = try await settled { try await keys.rotate(id: id, app: nil, overlapSeconds: overlapSeconds) }
        guard let rotated else { return nil }
        try await audit.recordCommand(.keyRotated, rotated.key.label, app: rotated.key.app)
        return rotated.secret
    }

    /// - Returns: whether there was such a key.
    public func remove(id: String) async throws -> Bool {
        guard let key = try await keys.store.remove(id: id) else { return false }
        try await audit.recordCommand(.keyRemoved, key.label, app: key.app)
        return true
    }

    /// A rule that the API answers as a problem is a wrong option here.
    private func settled<Value>(_ work: () async throws -> Value) async throws -> Value {
        do {
            return try await work()
        } catch let problem as Problem {
            throw SettingsError(key: problem.field ?? "id", message: problem.detail)
        }
    }
}
