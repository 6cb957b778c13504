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
    static func lanes(
        of table: String, scope: String, _ scopeArguments: [SQLValue], due: String = "TRUE", _ dueArguments: [SQLValue] = [],
        connection: any SQLConnection
    ) throws -> [Lane] {
        var found: [Lane] = []
        var last: [SQLValue] = [.integer(0), .text(""), .text("")]
        while let row = try connection.row(
            "SELECT \(columns) FROM \(table) WHERE \(scope) AND (\(columns)) > (?, ?, ?) ORDER BY \(columns) LIMIT 1",
            scopeArguments + last)
        {
            let lane = try lane(row)
            last = values(lane)
            let isDue = try connection.row(
                "SELECT 1 FROM \(table) WHERE \(scope) AND \(condition) AND \(due) LIMIT 1",
                scopeArguments + last + dueArguments) != nil
            if isDue { found.append(lane) }
        }
        return found
    }
}
