/// One connection inside a transaction. Parameters are written `?`.
protocol SQLConnection {
    /// - Returns: how many rows were changed.
    @discardableResult
    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int
    func rows(_ sql: String, _ arguments: [SQLValue]) throws -> [SQLRow]
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

    /// As ``read(_:)``, for a few rows found by an index: where that takes less time than handing the work to another thread, it is done on
    /// the caller's.
    func look<Value: Sendable>(_ work: @escaping @Sendable (any SQLConnection) throws -> Value) async throws -> Value

    /// Runs `work` in a transaction and returns when its changes are on disk. If `work` throws, nothing of it stays.
    /// Several calls may share one commit; each still happens whole or not at all.
    @discardableResult
    func write<Value: Sendable>(_ work: @escaping @Sendable (any SQLConnection) throws -> Value) async throws -> Value
}

/// The words in which the databases differ.
struct SQLDialect: Sendable {
    /// A column of bytes.
    let blob: String
    /// A primary key that the database counts up and never uses again.
    let identity: String

    static let sqlite = SQLDialect(blob: "BLOB", identity: "INTEGER PRIMARY KEY AUTOINCREMENT")
}
