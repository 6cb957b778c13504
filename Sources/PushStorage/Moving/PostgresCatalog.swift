struct PostgresCatalog: Catalog {
    let overridesCounter = "OVERRIDING SYSTEM VALUE "

    func columns(of table: String, _ connection: any SQLConnection) throws -> [CatalogColumn] {
        try connection.rows(
            """
            SELECT a.attname::text, COALESCE(array_position(i.indkey::int2[], a.attnum) + 1, 0), a.attidentity <> ''
            FROM pg_attribute a LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
            WHERE a.attrelid = to_regclass(?) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
            """,
            [.text(table)]
        ).map(CatalogColumn.init)
    }

    func mark(of counter: String, in table: String, _ connection: any SQLConnection) throws -> Int64 {
        let mark = "pg_sequence_last_value(pg_get_serial_sequence(?, ?)::regclass)"
        return try connection.row("SELECT COALESCE(\(mark), 0)", [.text(table), .text(counter)])?.integer(0) ?? 0
    }

    /// The one change that stays when the transaction doesn't: numbers are left out, which is no harm.
    func setMark(_ mark: Int64, of counter: String, in table: String, _ connection: any SQLConnection) throws {
        guard mark > 0 else { return }
        _ = try connection.rows(
            "SELECT setval(pg_get_serial_sequence(?, ?)::regclass, ?)", [.text(table), .text(counter), .integer(mark)])
    }

    /// Waits as long as it may take until autovacuum, which tidies up after an earlier attempt, gets out of the way: on a busy machine
    /// that can be many seconds.
    func claim(_ tables: [String], _ connection: any SQLConnection) throws {
        try connection.execute("SET LOCAL lock_timeout = '60s'", [])
        do {
            try connection.execute("LOCK TABLE \(tables.joined(separator: ", ")) IN EXCLUSIVE MODE", [])
        } catch let failure as PostgresFailure where failure.kind == .conflict {
            throw StorageError(.inUse, "another Herald works with the target; stop it first")
        }
    }

    func learn(_ table: String, _ connection: any SQLConnection) throws { try connection.execute("ANALYZE \(table)", []) }
}
