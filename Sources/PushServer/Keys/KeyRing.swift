public import Foundation
import PushSender
import PushStorage

/// The keys of a data folder, for the command line on the server's own machine. Works beside a running server.
public struct KeyRing: Sendable {
    private let database: OpenDatabase
    private let store: SQLKeyStore
    private let apps: SQLAppStore

    public struct Entry: Sendable {
        public let id: String
        public let scope: String
        public let name: String
        public let createdAt: Date
    }

    public static var scopeNames: String { KeyScope.allCases.map(\.rawValue).joined(separator: ", ") }

    /// - Parameter databaseURL: a PostgreSQL; nil for the file in the data folder.
    public init(dataFolder: String, databaseURL: String? = nil) throws {
        database = try databaseURL.map { try OpenDatabase(postgres: PostgresSettings(url: $0)) }
            ?? OpenDatabase(sqlite: try DataFolder(path: dataFolder).database)
        store = SQLKeyStore(database)
        apps = SQLAppStore(database)
    }

    /// At the end.
    public func close() { database.close() }

    /// - Returns: the secret, which is not kept anywhere.
    /// - Throws: ``SettingsError`` for a scope or an App that doesn't exist.
    public func create(scope: String, name: String, app: String) async throws -> (id: String, secret: String) {
        guard let known = KeyScope(rawValue: scope) else {
            throw SettingsError(key: "scope", message: "\(scope) is none of \(Self.scopeNames)")
        }
        guard let app = try await apps.app(named: app) else {
            throw SettingsError(key: "app", message: "there is no App \(app); make it with PUT /v1/apps/\(app)")
        }
        let secret = KeySecret.new(known)
        let id = UUID().uuidString.lowercased().prefix(8)
        try await store.put(
            secret: secret, id: String(id), app: app.id, name: name, scope: known, now: Date())
        return (String(id), secret)
    }

    public func list() async throws -> [Entry] {
        try await store.keys().map { Entry(id: $0.id, scope: $0.scope.rawValue, name: $0.name, createdAt: $0.createdAt) }
    }

    /// - Returns: whether there was such a key.
    public func remove(id: String) async throws -> Bool { try await store.remove(id: id) }
}
