/// A column, as a database's catalog describes it.
struct CatalogColumn: Sendable, Hashable {
    let name: String
    /// Its place in the primary key, from 1; 0 when it isn't in it.
    let keyPosition: Int
    /// Whether the database counts it up and never gives a number twice.
    let isCounter: Bool

    /// From a row of name, place, whether.
    init(_ row: SQLRow) throws {
        name = try row.text(0)
        keyPosition = try row.int(1)
        isCounter = try row.int(2) != 0
    }
}

/// What a move asks of a database about its tables, where the databases differ.
protocol Catalog: Sendable {
    /// In the order in which the table has them; none when there is no such table.
    func columns(of table: String, _ connection: any SQLConnection) throws -> [CatalogColumn]
    /// The highest number that a counter ever gave; 0 when none.
    func mark(of counter: String, in table: String, _ connection: any SQLConnection) throws -> Int64
    /// Makes a counter go on above a number.
    func setMark(_ mark: Int64, of counter: String, in table: String, _ connection: any SQLConnection) throws
    /// Stands before VALUES where a counter's numbers are given.
    var overridesCounter: String { get }
    /// Keeps every other writer out of the tables until the transaction ends.
    /// - Throws: ``StorageError`` with code `inUse`.
    func claim(_ tables: [String], _ connection: any SQLConnection) throws
    /// Lets the database learn what came into a table, so that it plans well from the first query on.
    func learn(_ table: String, _ connection: any SQLConnection) throws
}

extension SQLDatabase {
    var catalog: any Catalog { self is PostgresDatabase ? PostgresCatalog() : SQLiteCatalog() }
}
