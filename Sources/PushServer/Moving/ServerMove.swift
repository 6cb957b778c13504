import Foundation
import PushStorage

/// Moves a server's house: everything in the SQLite file of its data folder goes to a PostgreSQL, with the keys without which no endpoint
/// and no credential there would be understood.
public struct ServerMove: Sendable {
    public struct Table: Sendable {
        public let name: String
        public let rows: Int
        public let checksum: String
    }

    public struct Progress: Sendable {
        /// How much of it all is done, from 0 to 1.
        public let fraction: Double
        /// First everything is copied, then everything is read back and compared.
        public let isCopying: Bool
        /// How many rows are copied, or compared.
        public let rows: Int
    }

    private let file: URL
    private let target: PostgresSettings
    private let folder: URL
    private let masterKeys: String?

    /// - Parameters:
    ///   - source: `sqlite:PATH`, where PATH is a data folder or the file in it.
    ///   - target: `postgres://…`, an empty database.
    ///   - dataFolder: where the keys are; nil for the folder of the file.
    ///   - masterKeys: the lines of `master.keys` with commas between them, where the file isn't to be used.
    /// - Throws: ``SettingsError``.
    public init(from source: String, to target: String, dataFolder: String? = nil, masterKeys: String? = nil) throws {
        file = try Self.file(source)
        guard PostgresSettings.isPostgres(target) else {
            throw SettingsError(key: "--to", message: "must begin with postgres:// or postgresql://")
        }
        self.target = PostgresSettings(url: target)
        folder = dataFolder.map { URL(filePath: $0, directoryHint: .isDirectory) } ?? file.deletingLastPathComponent()
        self.masterKeys = masterKeys
    }

    private static func file(_ source: String) throws -> URL {
        let scheme = "sqlite:"
        guard source.hasPrefix(scheme), source.count > scheme.count else {
            throw SettingsError(key: "--from", message: "must be sqlite: and the path of a data folder, like sqlite:./data")
        }
        let url = URL(filePath: String(source.dropFirst(scheme.count)))
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
            throw SettingsError(key: "--from", message: "there is nothing at \(url.path)")
        }
        return isFolder.boolValue ? try DataFolder(path: url.path).database : url
    }

    /// - Parameter progress: called after each page.
    /// - Returns: the tables, each compared with what was read.
    /// - Throws: ``StorageError``; unless its code is `inDoubt`, the target is as it was.
    public func run(progress: @escaping @Sendable (Progress) -> Void = { _ in }) async throws -> [Table] {
        let lock = try keepServersOut()
        defer { withExtendedLifetime(lock) {} }
        let source = try OpenDatabase(existingSQLite: file)
        let keys = try MovedKeys(folder, masterKeys: masterKeys)
        let database = try openTarget()
        defer { database.close() }
        let moved = try await DatabaseMove(from: source, to: database).run(adding: keys.additions) {
            progress(Progress(fraction: $0.fraction, isCopying: $0.step == .copying, rows: $0.rows))
        }
        try await keys.nameAdminKey(in: database)
        return moved.map { Table(name: $0.name, rows: $0.rows, checksum: $0.checksum) }
    }

    private func keepServersOut() throws -> FolderLock {
        let folder = file.deletingLastPathComponent()
        do {
            return try DataFolder(path: folder.path).lock()
        } catch let error as StorageError where error.code == .inUse {
            throw StorageError(.inUse, "a server works with \(folder.path): stop it first, so that nothing is accepted there any more")
        }
    }

    private func openTarget() throws -> OpenDatabase {
        var settings = target
        settings.connections = 1
        // Counting and analyzing ten million rows takes its time, and nobody else waits.
        settings.statementSeconds = 3600
        settings.startSeconds = 3
        do {
            return try OpenDatabase(postgres: settings)
        } catch let error as StorageError {
            // There the database has its name from the server's settings.
            throw StorageError(error.code, error.message.replacing("HERALD_DATABASE_URL", with: "--to"), cause: error.cause)
        }
    }
}
