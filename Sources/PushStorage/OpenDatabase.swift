public import Foundation

/// An open database, whichever it is: what the stores are made from.
public struct OpenDatabase: Sendable {
    let sql: any SQLDatabase
    /// What nodes tell each other through it; nil where there is only one node.
    public let mail: PostgresMail?
    private let patience: Patience?

    /// Opens an SQLite file, makes it when there is none, and brings its schema up to date. One process at a time works with it.
    /// - Parameter forBulk: for a program that does nothing but write a great deal; takes more memory, and checkpoints less often.
    /// - Throws: ``StorageError``.
    public init(sqlite file: URL, forBulk: Bool = false) throws {
        sql = try SQLiteDatabase(file: file, isForBulk: forBulk)
        mail = nil
        patience = nil
    }

    /// Connects to a PostgreSQL, which any number of nodes may share, and brings its schema up to date.
    /// - Throws: ``StorageError``.
    public init(postgres settings: PostgresSettings) throws {
        let patience = Patience()
        sql = try PostgresDatabase(settings, patience: patience)
        mail = PostgresMail(settings, patience: patience)
        self.patience = patience
    }

    /// To be called when the server stops: a database that doesn't answer is no longer waited for by each for itself.
    public func hurry() { patience?.hurry() }

    /// Ends its connections, as a process should before it ends. What is asked for afterwards fails.
    public func close() {
        mail?.stop()
        let end = DispatchTime.now() + 3
        sql.close(by: end)
        mail?.waitForThread(until: end)
    }

    /// Whether other nodes may work with it at the same time.
    public var isShared: Bool { mail != nil }

    /// The time that every node on this database agrees on: the database's.
    public var now: @Sendable () -> Date { sql.now }
}
