import PushSender

/// The SELECT that reads the next page of an audience, in cursor order: `id`, then the columns of ``TokenRow``.
///
/// Each kind of audience walks an index in cursor order, so that a page costs the devices in it and not those before it. Only a
/// union of several kinds is gathered first.
struct AudienceQuery {
    private(set) var sql: String
    private(set) var arguments: [SQLValue]

    init(_ audience: Audience, slice: Slice, app: AppID, limit: Int) {
        let bounds = Bounds(slice: slice, app: app)
        if audience.everyone {
            (sql, arguments) = Self.everyone(bounds, limit)
            return
        }
        let parts = Self.parts(audience, bounds)
        let union = parts.map(\.sql).joined(separator: " UNION ")
        sql = """
            SELECT d.id, \(TokenRow.columns("d.")) FROM (\(union)) AS a
            JOIN device AS d ON d.id = a.id WHERE d.disabled_at IS NULL AND d.provider = ? AND d.environment = ?
            ORDER BY a.shard, a.id LIMIT ?
            """
        arguments = parts.flatMap(\.arguments) + LaneRow.values(slice.lane).dropFirst() + [.integer(limit)]
    }

    private struct Bounds {
        let app: AppID
        let lane: Lane
        let first: (shard: Int, id: String)
        let lastShard: Int

        init(slice: Slice, app: AppID) {
            self.app = app
            lane = slice.lane
            first = slice.cursor.map { ($0.shard, $0.device.rawValue) } ?? (slice.range.first, "")
            lastShard = slice.range.last
        }

        func condition(id: String) -> String { "(shard, \(id)) > (?, ?) AND shard <= ?" }
        var arguments: [SQLValue] { [.integer(first.shard), .text(first.id), .integer(lastShard)] }
    }

    private struct Part {
        let sql: String
        let arguments: [SQLValue]
    }

    private static func parts(_ audience: Audience, _ bounds: Bounds) -> [Part] {
        var parts: [Part] = []
        if !audience.devices.isEmpty { parts.append(devices(audience.devices, bounds)) }
        if !audience.users.isEmpty { parts.append(users(audience.users, bounds)) }
        if !audience.topics.isEmpty { parts.append(topics(audience.topics, bounds)) }
        return parts
    }

    /// Walks the index and looks each device up once.
    private static func everyone(_ bounds: Bounds, _ limit: Int) -> (String, [SQLValue]) {
        (
            """
            SELECT id, \(TokenRow.columns()) FROM device
            WHERE \(LaneRow.condition) AND disabled_at IS NULL AND \(bounds.condition(id: "id"))
            ORDER BY shard, id LIMIT ?
            """,
            LaneRow.values(bounds.lane) + bounds.arguments + [.integer(limit)]
        )
    }

    private static func devices(_ ids: [DeviceID], _ bounds: Bounds) -> Part {
        Part(
            sql: """
                SELECT shard, id FROM device
                WHERE app = ? AND id IN \(placeholders(ids.count)) AND \(bounds.condition(id: "id"))
                """,
            arguments: [.integer(bounds.app.rawValue)] + padded(ids.map { .text($0.rawValue) }) + bounds.arguments)
    }

    private static func users(_ users: [String], _ bounds: Bounds) -> Part {
        Part(
            sql: """
                SELECT shard, id FROM device
                WHERE app = ? AND user_id IN \(placeholders(users.count)) AND \(bounds.condition(id: "id"))
                """,
            arguments: [.integer(bounds.app.rawValue)] + padded(users.map { .text($0) }) + bounds.arguments)
    }

    private static func topics(_ topics: [String], _ bounds: Bounds) -> Part {
        Part(
            sql: """
                SELECT \(topics.count > 1 ? "DISTINCT " : "")shard, device AS id FROM device_topic
                WHERE app = ? AND topic IN \(placeholders(topics.count)) AND \(bounds.condition(id: "device"))
                """,
            arguments: [.integer(bounds.app.rawValue)] + padded(topics.map { .text($0) }) + bounds.arguments)
    }
}
