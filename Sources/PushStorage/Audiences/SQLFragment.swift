/// A piece of SQL with what stands for its question marks.
struct SQLFragment: Hashable {
    var sql: String
    var arguments: [SQLValue]

    init(_ sql: String, _ arguments: [SQLValue] = []) {
        self.sql = sql
        self.arguments = arguments
    }

    /// `(?, ?, ?)` for those values, of which there is at least one.
    static func list(_ values: [SQLValue]) -> SQLFragment { SQLFragment(placeholders(values.count), padded(values)) }

    static func + (one: SQLFragment, other: SQLFragment) -> SQLFragment {
        SQLFragment(one.sql + other.sql, one.arguments + other.arguments)
    }

    static func + (one: SQLFragment, sql: String) -> SQLFragment { SQLFragment(one.sql + sql, one.arguments) }
    static func + (sql: String, other: SQLFragment) -> SQLFragment { SQLFragment(sql + other.sql, other.arguments) }
}

extension [SQLFragment] {
    func joined(_ separator: String) -> SQLFragment { SQLFragment(map(\.sql).joined(separator: separator), flatMap(\.arguments)) }
}
