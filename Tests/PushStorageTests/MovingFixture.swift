import Foundation
import Testing

@testable import PushStorage

/// Fills every table with rows that are hard to carry, and reads whole tables.
enum MovingFixture {
    private static let awkwardText = ["", "ünï 🔔👩‍👩‍👧", "\u{1}\u{7F}\t\n\r", "'\"\\%$1?;--", "NULL", "\u{FEFF}\u{202E}e\u{301}"]
    private static let awkwardBytes: [[UInt8]] = [[], [0], [0, 255, 0, 39, 92], Array(0...255)]
    private static let awkwardIntegers: [Int64] = [.max, .min, 0, -1, 1_700_000_000_000]
    private static let awkwardSmallIntegers: [Int64] = [Int64(Int32.max), Int64(Int32.min), 0, -1]

    /// - Parameter rows: of each table; of `app`, three beside the first, and three of what each App has one of.
    static func fill(_ database: OpenDatabase, rows: Int = 7) async throws {
        try await database.sql.write { [catalog = database.sql.catalog, dialect = database.sql.dialect] connection in
            try connection.execute("UPDATE app SET created_at = 5 WHERE id = 1", [])
            for name in Schema.tables(dialect) {
                let table = MovingTable(name, try catalog.columns(of: name, connection))
                let types = try columnTypes(of: name, connection, isSQLite: catalog is SQLiteCatalog)
                let marks = repeatElement("?", count: table.columns.count).joined(separator: ", ")
                let overrides = table.counter == nil ? "" : catalog.overridesCounter
                try connection.execute(
                    "INSERT INTO \(name) (\(table.columnList)) \(overrides)VALUES (\(marks))",
                    each: (0..<(name == "app" || table.keyList == "app" ? 3 : rows)).map { row in
                        table.columns.indices.map { column in
                            value(row, of: table.columns[column], in: table, types[column], isKey: table.key.contains(column))
                        }
                    })
                if let counter = table.counter { try catalog.setMark(Int64(rows), of: counter, in: name, connection) }
            }
        }
    }

    /// Columns that refer elsewhere, or must be unique, get what fits; the others what hurts.
    private static func value(_ row: Int, of column: String, in table: MovingTable, _ type: ColumnType, isKey: Bool) -> SQLValue {
        switch (table.name, column) {
        case ("app", "id"): return .integer(row + 2)
        case (_, "id") where table.counter == "id": return .integer(row + 1)
        case (_, "app"): return .integer(row % 3 + 1)
        case (_, "push"), ("app", "name"): return .text(name(row))
        case ("message_tally", "writer"): return .integer(row + 1)
        case (_, "uaid"), (_, "address_hash"), (_, "secret_hash"), (_, "subscription"), ("receipt_subscription", "id"): return .blob(awkwardBytes[row % 4] + Array("\(row)".utf8))
        default: break
        }
        if type.isNullable, row % 3 == 0 { return .null }
        return switch type.name.lowercased() {
        case "text": .text(isKey ? name(row) : awkwardText[row % awkwardText.count])
        case "blob", "bytea": .blob(awkwardBytes[row % awkwardBytes.count])
        // It has 32 bits in PostgreSQL.
        case "integer": .integer(awkwardSmallIntegers[row % awkwardSmallIntegers.count])
        default: .integer(awkwardIntegers[row % awkwardIntegers.count])
        }
    }

    /// Different for each row.
    private static func name(_ row: Int) -> String { row < awkwardText.count ? awkwardText[row] : "row \(row)" }

    private struct ColumnType {
        let name: String
        let isNullable: Bool
    }

    private static func columnTypes(of table: String, _ connection: any SQLConnection, isSQLite: Bool) throws -> [ColumnType] {
        try connection.rows(
            isSQLite
                ? "SELECT type, \"notnull\" = 0 AND pk = 0 FROM pragma_table_info(?) ORDER BY cid"
                : """
                SELECT format_type(atttypid, NULL), NOT attnotnull FROM pg_attribute
                WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped ORDER BY attnum
                """,
            [.text(table)]
        ).map { ColumnType(name: try $0.text(0), isNullable: try $0.int(1) == 1) }
    }

    /// Everything that stands in a database, by table; in an order that both kinds share.
    static func contents(_ database: OpenDatabase) async throws -> [String: [[SQLValue]]] {
        try await database.sql.read { [catalog = database.sql.catalog, dialect = database.sql.dialect] connection in
            var contents: [String: [[SQLValue]]] = [:]
            for name in Schema.tables(dialect) {
                let table = MovingTable(name, try catalog.columns(of: name, connection))
                contents[name] = try connection.rows("SELECT \(table.columnList) FROM \(name) ORDER BY \(table.keyList)", []).map(\.values)
            }
            return contents
        }
    }
}
