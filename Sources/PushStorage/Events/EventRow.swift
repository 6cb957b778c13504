import PushSender

/// Events as rows, in the order in which they are told.
enum EventRow {
    /// The events after a place that every reader sees by now, and that none can still appear before.
    /// - Parameter end: none after it.
    static func read(
        app: AppID, after position: EventPosition, through end: EventPosition? = nil, rows: Int, _ connection: any SQLConnection,
        _ dialect: SQLDialect
    ) throws -> [Event] {
        let bound = end == nil ? "" : " AND (transaction_id, id) <= (?, ?)"
        return try connection.rows(
            """
            SELECT transaction_id, id, kind, push, details, at FROM event
            WHERE app = ? AND (transaction_id, id) > (?, ?)\(bound) AND transaction_id < \(dialect.oldestTransactionID)
            ORDER BY transaction_id, id LIMIT ?
            """,
            [.integer(app.rawValue)] + values(position) + (end.map(values) ?? []) + [.integer(rows)]
        ).map { try event($0, app) }
    }

    private static func event(_ row: SQLRow, _ app: AppID) throws -> Event {
        let name = try row.text(2)
        guard let kind = EventKind(rawValue: name) else {
            throw StorageError(.corrupt, "an event is of the unknown kind \(name); was it written by a newer Herald?")
        }
        return Event(
            position: try position(row, at: 0), kind: kind, app: app,
            push: try row.optionalText(3).map { PushID(rawValue: $0) }, details: try row.text(4), at: try row.date(5))
    }

    /// The place after which everything is new.
    static func newest(app: AppID, _ connection: any SQLConnection, _ dialect: SQLDialect) throws -> EventPosition {
        let newest = try connection.row(
            """
            SELECT transaction_id, id FROM event WHERE app = ? AND transaction_id < \(dialect.oldestTransactionID)
            ORDER BY transaction_id DESC, id DESC LIMIT 1
            """,
            [.integer(app.rawValue)]
        ).map { try position($0, at: 0) }
        return try max(newest ?? .start, horizon(app: app, connection) ?? .start)
    }

    /// The last place whose event was deleted.
    static func horizon(app: AppID, _ connection: any SQLConnection) throws -> EventPosition? {
        try connection.row("SELECT transaction_id, id FROM event_horizon WHERE app = ?", [.integer(app.rawValue)])
            .map { try position($0, at: 0) }
    }

    static func position(_ row: SQLRow, at column: Int) throws -> EventPosition {
        EventPosition(transaction: try row.integer(column), id: try row.integer(column + 1))
    }

    static func values(_ position: EventPosition) -> [SQLValue] { [.integer(position.transaction), .integer(position.id)] }
}
