/// An INSERT of any number of rows.
struct SQLInsert: Sendable {
    private let head: String
    private let row: String
    private let tail: String
    let single: String

    init(table: String, columns: [String], tail: String = "") {
        head = "INSERT INTO \(table) (\(columns.joined(separator: ", "))) VALUES "
        row = "(" + repeatElement("?", count: columns.count).joined(separator: ", ") + ")"
        self.tail = tail.isEmpty ? "" : " " + tail
        single = head + row + self.tail
    }

    func statement(rows: Int) -> String { head + repeatElement(row, count: rows).joined(separator: ", ") + tail }
}

extension SQLConnection {
    /// Inserts rows that have nothing to do with each other, in as few statements as suits the database.
    func insert(_ insert: SQLInsert, _ rows: [[SQLValue]]) throws {
        let whole = rows.count / rowsPerStatement * rowsPerStatement
        if whole > 0, rowsPerStatement > 1 {
            try execute(
                insert.statement(rows: rowsPerStatement),
                each: stride(from: 0, to: whole, by: rowsPerStatement).map { Array(rows[$0..<$0 + rowsPerStatement].joined()) })
        }
        try execute(insert.single, each: rowsPerStatement > 1 ? Array(rows[whole...]) : rows)
    }
}
