/// Brings a database to the schema of this program.
enum Migrator {
    /// Runs what is missing, in one transaction: a crash leaves the old schema or the new one.
    /// - Throws: ``StorageError`` with code `newerSchema` when the database is ahead of this program.
    static func migrate(_ connection: any SQLConnection, to migrations: [[String]]) throws {
        try connection.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)", [])
        let version = try connection.row("SELECT MAX(version) FROM schema_version")?.optionalInt(0) ?? 0
        guard version <= migrations.count else {
            throw StorageError(
                .newerSchema,
                """
                the database has schema \(version), this Herald knows up to \(migrations.count); start the newer Herald that wrote it, or \
                restore a backup
                """)
        }
        for (step, statements) in migrations.enumerated().dropFirst(version) {
            for statement in statements { try connection.execute(statement, []) }
            try connection.execute("INSERT INTO schema_version (version) VALUES (?)", [.integer(step + 1)])
        }
    }
}
