import Foundation
import PushStorage

/// The PostgreSQL that `scripts/with-postgres` started beside the benchmark.
struct BenchPostgres {
    let settings: PostgresSettings

    /// An empty schema in it.
    /// - Returns: nil when there is no PostgreSQL.
    init?() throws {
        guard let url = ProcessInfo.processInfo.environment["HERALD_TEST_POSTGRES"] else { return nil }
        settings = try PostgresSettings(url: url).inNewSchema()
    }

    /// What a node needs to be told; nodes with the same settings belong together.
    var environment: [String: String] {
        ["HERALD_DATABASE_URL": settings.url, "HERALD_MASTER_KEYS": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"]
    }

    /// What the database has written so far.
    struct Written {
        var walBytes: Double
        var transactions: Double
        var rows: Double

        static func - (one: Written, other: Written) -> Written {
            Written(
                walBytes: one.walBytes - other.walBytes, transactions: one.transactions - other.transactions,
                rows: one.rows - other.rows)
        }
    }

    func written() throws -> Written {
        let sql = """
            SELECT pg_current_wal_lsn() - '0/0', xact_commit, tup_inserted + tup_updated + tup_deleted
            FROM pg_stat_database WHERE datname = current_database()
            """
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["psql", "--no-psqlrc", "-At", "-F", " ", "-c", sql, settings.url]
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let numbers = text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
        guard numbers.count == 3 else { throw BenchmarkError("psql said: \(text)") }
        return Written(walBytes: numbers[0], transactions: numbers[1], rows: numbers[2])
    }
}
