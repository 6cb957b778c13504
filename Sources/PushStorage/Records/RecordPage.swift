import PushSender

/// The SELECT of a query's records.
enum RecordPage {
    static let columns = "r.id, r.body, r.device"

    static func statement(_ query: RecordQuery, _ source: RecordSource) throws -> SQLFragment {
        // SQLite wants a LIMIT before an OFFSET.
        let limit = SQLFragment(" LIMIT ? OFFSET ?", [.integer(Int64(query.limit ?? .max)), .integer(query.skip)])
        return try "SELECT \(columns) " + source.tables(query.condition) + order(query.order) + limit
    }

    private static func order(_ order: [RecordQuery.Order]) -> SQLFragment {
        " ORDER BY " + (order.map(key) + [SQLFragment("r.id")]).joined(", ")
    }

    private static func key(_ key: RecordQuery.Order) -> SQLFragment {
        let value = key.path == "id" ? SQLFragment("r.id") : SQLFragment(
                """
                COALESCE((SELECT MIN(o.value) FROM record_term AS o WHERE o.collection = r.collection AND o.record = r.id AND o.path =
                ?), '')
                """,
            [.text(key.path)])
        return value + (key.isDescending ? " DESC" : "")
    }
}
