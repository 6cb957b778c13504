import Foundation

@testable import PushStorage

/// An empty database of its own for one test; gone with it.
final class TestDatabase: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case sqlite, postgres

        /// Where `scripts/with-postgres` started one.
        static let postgresURL = ProcessInfo.processInfo.environment["HERALD_TEST_POSTGRES"]
        /// Without a PostgreSQL its half of the tests is left out; `make test` starts one.
        static let available: [Kind] = postgresURL == nil ? [.sqlite] : allCases
    }

    let database: OpenDatabase
    private let file: TemporaryDatabase?

    init(_ kind: Kind) async throws {
        switch kind {
        case .sqlite:
            let file = TemporaryDatabase()
            self.file = file
            database = try OpenDatabase(sqlite: file.url)
        case .postgres:
            file = nil
            database = try OpenDatabase(postgres: try Self.postgres())
        }
    }

    /// A new schema in the PostgreSQL that is there, for each test its own.
    static func postgres() throws -> PostgresSettings {
        try PostgresSettings(url: Kind.postgresURL ?? "postgresql://nowhere").inNewSchema()
    }
}

/// A database file of its own for one test; gone with it.
final class TemporaryDatabase: Sendable {
    let url: URL
    private let folder: URL

    init() {
        folder = FileManager.default.temporaryDirectory.appending(path: "herald-\(UUID().uuidString)")
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        url = folder.appending(path: "test.sqlite")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }
}
