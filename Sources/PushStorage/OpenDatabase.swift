public import Foundation

/// An open database, whichever it is: what the stores are made from.
public struct OpenDatabase: Sendable {
    let sql: any SQLDatabase
    /// What nodes tell each other through it; nil where there is only one node.
    public let mail: PostgresMail?

    /// Opens an SQLite file, makes it when there is none, and brings its schema up to date. One process at a time works with it.
    /// - Throws: ``StorageError``.
    public init(sqlite file: URL) throws {
        sql = try SQLiteDatabase(file: file)
        mail = nil
    }

    /// Connects to a PostgreSQL, which any number of nodes may share, and brings its schema up to date.
    /// - Throws: ``StorageError``.
    public init(postgres settings: PostgresSettings) throws {
        let database = try PostgresDatabase(settings)
        sql = database
        mail = PostgresMail(settings)
    }

    /// Ends its connections, as a process should before it ends. What is asked for afterwards fails.
    public func close() {
        mail?.stop()
        sql.close()
        mail?.waitForThread()
    }

    /// Whether other nodes may work with it at the same time.
    public var isShared: Bool { mail != nil }

    /// The time that every node on this database agrees on: the database's.
    public var now: @Sendable () -> Date { sql.now }
}
