struct SQLiteCatalog: Catalog {
    let overridesCounter = ""

    func columns(of table: String, _ connection: any SQLConnection) throws -> [CatalogColumn] {
        try connection.rows(
            """
            SELECT c.name, c.pk, c.pk > 0 AND t.sql LIKE '%AUTOINCREMENT%'
            FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name = ? ORDER BY c.cid
            """,
            [.text(table)]
        ).map(CatalogColumn.init)
    }

    // https://www.sqlite.org/autoinc.html

    func mark(of counter: String, in table: String, _ connection: any SQLConnection) throws -> Int64 {
        try connection.row("SELECT seq FROM sqlite_sequence WHERE name = ?", [.text(table)])?.integer(0) ?? 0
    }

    func setMark(_ mark: Int64, of counter: String, in table: String, _ connection: any SQLConnection) throws {
        try connection.execute("DELETE FROM sqlite_sequence WHERE name = ?", [.text(table)])
        try connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", [.text(table), .integer(mark)])
    }

    /// There is one writer.
    func claim(_ tables: [String], _ connection: any SQLConnection) {}

    func learn(_ table: String, _ connection: any SQLConnection) throws {}
}
