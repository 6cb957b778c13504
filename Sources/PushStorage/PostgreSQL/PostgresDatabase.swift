import CLibPQ
import Foundation

/// A PostgreSQL, version 13 or newer. Transactions run beside each other, so statements that must not are written to wait for each other.
final class PostgresDatabase: SQLDatabase {
    let dialect = SQLDialect.postgres
    private let pool: PostgresPool
    private let clock = DatabaseClock()

    /// Connects, and brings the schema up to date; of several nodes that start at once one does so, and the others wait.
    /// - Throws: ``StorageError``, after ``PostgresSettings/startSeconds`` at the latest when nobody answers.
    init(_ settings: PostgresSettings, patience: Patience = Patience()) throws {
        let link = try Self.connect(settings)
        do {
            try Self.checkVersion(link)
            try Self.migrate(link, dialect)
            try clock.measure(link)
        } catch let failure as PostgresFailure {
            throw StorageError(failure)
        }
        pool = PostgresPool(settings, clock: clock, patience: patience)
        pool.start()
    }

    deinit { pool.close() }

    var now: @Sendable () -> Date { { [clock] in clock.now() } }

    func close(by end: DispatchTime) {
        pool.close()
        pool.waitForThreads(until: end)
    }

    // MARK: SQLDatabase

    func read<Value: Sendable>(_ work: @escaping @Sendable (any SQLConnection) throws -> Value) async throws -> Value {
        try await pool.run(begin: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", work)
    }

    func look<Value: Sendable>(_ work: @escaping @Sendable (any SQLConnection) throws -> Value) async throws -> Value {
        try await pool.run(begin: nil, work)
    }

    func write<Value: Sendable>(_ work: @escaping @Sendable (any SQLConnection) throws -> Value) async throws -> Value {
        try await pool.run(begin: "BEGIN", work)
    }

    func maintain<Value: Sendable>(
        _ job: MaintenanceJob, _ work: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value? {
        try await write { connection in
            let lock = try connection.row("SELECT pg_try_advisory_xact_lock(\(lockSpace), ?)", [.integer(job.rawValue)])
            return try lock?.int(0) == 1 ? work(connection) : nil
        }
    }

    // MARK: The start

    private static func connect(_ settings: PostgresSettings) throws -> PostgresLink {
        let end = ContinuousClock.now + .seconds(settings.startSeconds)
        while true {
            do {
                return try PostgresLink(settings)
            } catch let failure as PostgresFailure {
                guard isAway(settings.url), ContinuousClock.now < end else { throw refusal(failure) }
                Thread.sleep(forTimeInterval: 0.25)
            }
        }
    }

    /// Whether nobody answers, or nobody answers yet: both may pass.
    private static func isAway(_ url: String) -> Bool {
        let answer = PQping(url)
        return answer == PQPING_NO_RESPONSE || answer == PQPING_REJECT
    }

    private static func refusal(_ failure: PostgresFailure) -> StorageError {
        if failure.message.contains("session is read-only") || failure.message.contains("hot standby") {
            return StorageError(PostgresFailure(.readOnly, failure.message))
        }
        return StorageError(
            .cannotOpen,
            "cannot connect to PostgreSQL; check HERALD_DATABASE_URL, and that the server runs and lets this user in: \(failure.message)")
    }

    private static func checkVersion(_ link: PostgresLink) throws {
        let version = try link.run([.init(sql: "SELECT current_setting('server_version_num')::int", arguments: [])])
        guard let number = try version.first?.rows.first?.int(0), number >= 130_000 else {
            throw StorageError(.cannotOpen, "Herald needs PostgreSQL 13 or newer")
        }
    }

    private static func migrate(_ link: PostgresLink, _ dialect: SQLDialect) throws {
        let connection = PostgresConnection(link, begin: "BEGIN")
        do {
            // A large table's new index takes its time, and so does waiting for the node that makes it.
            try connection.execute("SET LOCAL statement_timeout = 0", [])
            try connection.execute("SET LOCAL lock_timeout = 0", [])
            try link.waitForLock(0)
            try Migrator.migrate(connection, to: Schema.migrations(dialect))
            try connection.commit()
        } catch {
            connection.rollback()
            throw error
        }
    }
}

/// Tells Herald's advisory locks from others in the same database, and those of two Heralds in two schemas from each other.
private let lockSpace = "('x' || substr(md5('herald.' || current_schema()), 1, 8))::bit(32)::int"

extension PostgresLink {
    /// Waits, for minutes if need be, until the transaction has an advisory lock.
    fileprivate func waitForLock(_ key: Int) throws {
        _ = try run([.init(sql: "SELECT pg_advisory_xact_lock(\(lockSpace), \(key))", arguments: [])], seconds: 600)
    }
}
