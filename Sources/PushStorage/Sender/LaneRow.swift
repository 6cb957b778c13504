import PushSender

/// A lane as it stands in the columns `app, provider, environment` of several tables.
enum LaneRow {
    static let columns = "app, provider, environment"
    static let condition = "app = ? AND provider = ? AND environment = ?"

    static func values(_ lane: Lane) -> [SQLValue] {
        [.integer(lane.app.rawValue), .text(lane.provider.rawValue), .text(lane.environment.rawValue)]
    }

    /// - Parameter first: where the three columns begin in the row.
    static func lane(_ row: SQLRow, at first: Int = 0) throws -> Lane {
        Lane(
            app: AppID(rawValue: try row.integer(first)), provider: ProviderName(rawValue: try row.text(first + 1)),
            environment: ProviderEnvironment(rawValue: try row.text(first + 2)))
    }

    /// The lanes that a table has rows of which are due: jumps from lane to lane in an index that begins with `scope` and the lane's
    /// columns, and looks at one row of each, however many there are.
    /// - Parameter app: nil for those of all Apps.
    static func lanes(
        of table: String, scope: String, _ scopeArguments: [SQLValue], app: AppID? = nil, due: String = "TRUE",
        _ dueArguments: [SQLValue] = [], connection: any SQLConnection
    ) throws -> [Lane] {
        func first(_ condition: String, _ arguments: [SQLValue]) throws -> Lane? {
            try connection.row(
                "SELECT \(columns) FROM \(table) WHERE \(scope) AND \(condition) ORDER BY \(columns) LIMIT 1",
                scopeArguments + arguments
            ).map { try lane($0) }
        }
        var found: [Lane] = []
        var next = try app.map { try first("app = ?", [.integer($0.rawValue)]) } ?? first("TRUE", [])
        while let lane = next {
            let isDue = try connection.row(
                "SELECT 1 FROM \(table) WHERE \(scope) AND \(condition) AND \(due) LIMIT 1",
                scopeArguments + values(lane) + dueArguments) != nil
            if isDue { found.append(lane) }
            next = try following(lane, app, first)
        }
        return found
    }

    /// Three small jumps: SQLite seeks a comparison of whole rows by its first column only, and walks the rest.
    private static func following(
        _ lane: Lane, _ app: AppID?, _ first: (_ condition: String, _ arguments: [SQLValue]) throws -> Lane?
    ) throws -> Lane? {
        let values = values(lane)
        return try first("app = ? AND provider = ? AND environment > ?", values)
            ?? first("app = ? AND provider > ?", Array(values.prefix(2)))
            ?? (app == nil ? first("app > ?", Array(values.prefix(1))) : nil)
    }
}
