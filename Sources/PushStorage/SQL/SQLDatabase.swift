import Foundation

/// One connection inside a transaction. Parameters are written `?`.
protocol SQLConnection {
    /// - Returns: how many rows were changed.
    @discardableResult
    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int
    /// The same statement for several lists of arguments, in their order, in as few journeys as may be.
    /// - Returns: for each how many rows were changed.
    @discardableResult
    func execute(_ sql: String, each arguments: [[SQLValue]]) throws -> [Int]
    func rows(_ sql: String, _ arguments: [SQLValue]) throws -> [SQLRow]
    /// How many rows one INSERT had best have: SQLite copies every page that a longer one touches, PostgreSQL is a journey away.
    var rowsPerStatement: Int { get }
}

extension SQLConnection {
    func row(_ sql: String, _ arguments: [SQLValue] = []) throws -> SQLRow? { try rows(sql, arguments).first }
}

/// A database, whichever it is. The stores are written against this, once.
protocol SQLDatabase: Sendable {
    /// What differs between the databases' SQL.
    var dialect: SQLDialect { get }

    /// Runs `work` in a read-only transaction that sees one state of the database.
    func read<Value: Sendable>(_ work: @escaping @Sendable (any SQLConnection) throws -> Value) async throws -> Value

    /// Reads a few rows that an index finds, as fast as may be: on the caller's thread where that is faster, and without a transaction
    /// where that costs journeys. Two statements may see two states.
    func look<Value: Sendable>(_ work: @escaping @Sendable (any SQLConnection) throws -> Value) async throws -> Value

    /// Runs `work` in a transaction and returns when its changes are on disk. If `work` throws, nothing of it stays.
    /// Several calls may share one commit; each still happens whole or not at all.
    @discardableResult
    func write<Value: Sendable>(_ work: @escaping @Sendable (any SQLConnection) throws -> Value) async throws -> Value

    /// As ``write(_:)``, by one node at a time.
    /// - Returns: nil, with nothing done, while another node is at the same job.
    func maintain<Value: Sendable>(
        _ job: MaintenanceJob, _ work: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value?

    /// The time that every node on this database agrees on.
    var now: @Sendable () -> Date { get }

    /// Ends its connections, and waits for them until then. What is asked for afterwards fails.
    func close(by end: DispatchTime)
}

/// Jobs that one node does for all.
enum MaintenanceJob: Int, Sendable {
    // 0 is the lock of the migrations.
    case expiredMessages = 1, idleUserAgents, finishedPushes, outdated, deliveryReceipts, inactiveDevices
}

/// The words in which the databases differ.
struct SQLDialect: Sendable {
    /// A column of text that compares byte by byte, as Swift's and SQLite's do, whatever language the database is set to.
    let text: String
    /// A column of bytes.
    let blob: String
    /// A primary key that the database counts up and never uses again.
    let identity: String
    /// An expression: the number of the running transaction. Transactions that begin later have larger ones.
    let transactionID: String
    /// An expression: transactions with smaller numbers are over, so that no row of theirs can still appear.
    let oldestTransactionID: String
    /// An expression: a number that no other connection has which writes at the same time.
    let writer: String
    /// Ends a SELECT of rows that this transaction is going to change: others wait.
    let forUpdate: String
    /// Ends a SELECT of rows to be claimed: what others are about to claim is left out.
    let skipLocked: String

    /// Ends a CREATE TABLE: rows are kept in their primary key, not beside it.
    let inPrimaryKey: String

    static let sqlite = SQLDialect(
        text: "TEXT", blob: "BLOB", identity: "INTEGER PRIMARY KEY AUTOINCREMENT",
        // One writer: nothing appears behind what is seen.
        transactionID: "0", oldestTransactionID: "1", writer: "0", forUpdate: "", skipLocked: "", inPrimaryKey: " WITHOUT ROWID")
    static let postgres = SQLDialect(
        text: "TEXT COLLATE \"C\"", blob: "BYTEA", identity: "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
        transactionID: "(pg_current_xact_id()::text::bigint)",
        oldestTransactionID: "(pg_snapshot_xmin(pg_current_snapshot())::text::bigint)",
        writer: "pg_backend_pid()", forUpdate: " FOR UPDATE", skipLocked: " FOR UPDATE SKIP LOCKED", inPrimaryKey: "")
}
