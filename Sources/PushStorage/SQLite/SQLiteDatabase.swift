import Foundation
import GRDB

/// An SQLite file: one writer whose waiting work shares commits, many readers that never wait for it.
final class SQLiteDatabase: SQLDatabase {
    let dialect = SQLDialect.sqlite
    let now: @Sendable () -> Date = { Date() }
    private let pool: DatabasePool
    /// For ``look(_:)`` alone. Whoever looks waits on its own thread for a free connection; were it one that `read` gives back only when
    /// a thread is free, both could wait for each other for ever.
    private let lookPool: DatabasePool
    private let commits: GroupCommit

    /// Opens the file, makes it when there is none, and brings its schema up to date.
    /// - Parameter migrations: older programs had fewer.
    /// - Throws: ``StorageError``.
    init(file: URL, migrations: [[String]] = Schema.migrations(.sqlite), isForBulk: Bool = false) throws {
        do {
            pool = try DatabasePool(path: file.path, configuration: Self.configuration(isForBulk: isForBulk))
        } catch {
            throw StorageError(
                .cannotOpen,
                "cannot open the database \(file.path); check that the folder can be written and that the file is Herald's", cause: error)
        }
        // What is answered must survive a power cut, not only a crash of the program. GRDB lowers this when it opens a pool.
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        if isForBulk { try pool.writeWithoutTransaction(Self.prepareForBulk) }
        commits = GroupCommit(pool: pool)
        try pool.write { try Migrator.migrate(SQLiteConnection(database: $0), to: migrations) }
        var lookConfiguration = Self.configuration()
        lookConfiguration.readonly = true
        lookPool = try DatabasePool(path: file.path, configuration: lookConfiguration)
    }

    private static func configuration(isForBulk: Bool = false) -> Configuration {
        var configuration = Configuration()
        // Whoever writes in bulk writes what is referred to first; to look it up again for each row takes a tenth of the time.
        configuration.foreignKeysEnabled = !isForBulk
        configuration.busyMode = .timeout(10)
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA cache_size = -16000")
            database.add(function: RegularExpressions.function)
        }
        return configuration
    }

    /// Pages of indexes that are written all over are kept until they are written no more.
    private static func prepareForBulk(_ database: Database) throws {
        try database.execute(sql: "PRAGMA cache_size = -\(bulkCacheKiB)")
        try database.execute(sql: "PRAGMA wal_autocheckpoint = \(bulkLogPages)")
    }

    private static let bulkCacheKiB = 512 * 1024
    /// A GiB of them.
    private static let bulkLogPages = 262_144

    func read<Value: Sendable>(_ work: @escaping @Sendable (any SQLConnection) throws -> Value) async throws -> Value {
        try await explained { try await self.pool.read { try work(SQLiteConnection(database: $0)) } }
    }

    func look<Value: Sendable>(_ work: @escaping @Sendable (any SQLConnection) throws -> Value) async throws -> Value {
        try await explained { try self.readHere(work) }
    }

    /// Not async, so that GRDB reads on this thread; and without a transaction, which costs as much as a look.
    private func readHere<Value>(_ work: (any SQLConnection) throws -> Value) throws -> Value {
        try lookPool.unsafeRead { try work(SQLiteConnection(database: $0)) }
    }

    func write<Value: Sendable>(_ work: @escaping @Sendable (any SQLConnection) throws -> Value) async throws -> Value {
        try await explained { try await self.commits.write(work) }
    }

    /// A file needs no farewell.
    func close(by end: DispatchTime) {}

    /// There is one node.
    func maintain<Value: Sendable>(
        _ job: MaintenanceJob, _ work: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value? {
        try await write(work)
    }

    private func explained<Value: Sendable>(_ work: @Sendable () async throws -> Value) async throws -> Value {
        do {
            return try await work()
        } catch let error as DatabaseError {
            throw Self.storageError(error)
        }
    }

    private static func storageError(_ error: DatabaseError) -> StorageError {
        switch error.resultCode {
        case .SQLITE_FULL: StorageError(.full, "the disk is full, so nothing of this was written; make room", cause: error)
        case .SQLITE_READONLY:
            StorageError(.readOnly, "the database file can't be written; check who owns it, and how its disk is mounted", cause: error)
        default: StorageError(.failed, "a statement failed, so nothing of this was written", cause: error)
        }
    }
}
