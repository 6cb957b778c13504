/// What there is to move.
struct MovingPlan: Sendable {
    let tables: [MovingTable]
    /// Rows of each table.
    let counts: [Int]
    /// The highest number that each table's counter ever gave, for those that have one.
    let marks: [Int64?]

    var rows: Int { counts.reduce(0, +) }

    init(_ names: [String], _ catalog: any Catalog, _ connection: any SQLConnection) throws {
        tables = try names.map { MovingTable($0, try catalog.columns(of: $0, connection)) }
        counts = try names.map { try connection.row("SELECT COUNT(*) FROM \($0)")?.int(0) ?? 0 }
        marks = try tables.map { table in try table.counter.map { try catalog.mark(of: $0, in: table.name, connection) } }
    }
}

/// A table, as both databases have it.
struct MovingTable: Sendable, Hashable {
    let name: String
    let columns: [String]
    /// Where the columns of the primary key stand among the columns, in the key's order.
    let key: [Int]
    /// The column that the database counts up.
    let counter: String?

    init(_ name: String, _ columns: [CatalogColumn]) {
        self.name = name
        self.columns = columns.map(\.name)
        key = columns.indices.filter { columns[$0].keyPosition > 0 }.sorted { columns[$0].keyPosition < columns[$1].keyPosition }
        counter = columns.first { $0.isCounter }?.name
    }

    var columnList: String { columns.joined(separator: ", ") }
    var keyList: String { key.map { columns[$0] }.joined(separator: ", ") }
}

extension Schema {
    /// The tables in the order in which they are made: each comes after those that its rows refer to. Made from the migrations, so that
    /// none can be forgotten.
    static func tables(_ dialect: SQLDialect) -> [String] {
        let creation = "CREATE TABLE "
        return migrations(dialect).joined().filter { $0.hasPrefix(creation) }
            .map { String($0.dropFirst(creation.count).prefix { $0 != " " }) }
    }
}
