import PushSender

/// Which segments an audience's devices are in: asked for each push, so it looks at named devices or jumps through an index, and never
/// walks an audience. There may be segments in which it then finds nobody.
struct AudienceLanes {
    private let app: AppID
    private let byTimeZone: Bool
    private let connection: any SQLConnection
    /// Where the devices are that the push names itself; nil for those that are disabled.
    private let listed: [String: Segment?]

    /// - Parameter byTimeZone: whether devices of different time zones are to be sent to apart.
    /// - Returns: also whether there is somebody in each of them for sure.
    /// - Throws: ``PushProblem`` for a device that the push names and that isn't there.
    static func segments(
        of audience: Audience, _ app: AppID, byTimeZone: Bool, _ connection: any SQLConnection
    ) throws -> (segments: [Segment], isSure: Bool) {
        let lanes = try AudienceLanes(audience, app, byTimeZone, connection)
        let condition = audience.condition
        let plan = AudiencePlan(condition)
        let found = plan.isNamed ? try lanes.named(plan.drivers ?? []) : try lanes.all()
        let segments = found.filter { condition.assuming(provider: $0.lane.provider, timeZone: $0.timeZone) != .never }
        return (segments, condition == .always || plan.isNamed && plan.rest == .always)
    }

    private init(_ audience: Audience, _ app: AppID, _ byTimeZone: Bool, _ connection: any SQLConnection) throws {
        let devices = audience.devices
        self.app = app
        self.byTimeZone = byTimeZone
        self.connection = connection
        listed = try Self.listed(devices, app, byTimeZone, connection)
        guard !audience.ignoresStrangers, let index = devices.firstIndex(where: { listed[$0.rawValue] == nil }) else { return }
        throw PushProblem(
            .unknownDevice, field: "audience.devices[\(index)]",
            "there is no device \(devices[index].rawValue); GET /v1/devices lists them")
    }

    // MARK: Named devices

    private static func listed(
        _ devices: [DeviceID], _ app: AppID, _ byTimeZone: Bool, _ connection: any SQLConnection
    ) throws -> [String: Segment?] {
        guard !devices.isEmpty else { return [:] }
        let rows = try connection.rows(
            """
            SELECT \(LaneRow.columns), \(byTimeZone ? "time_zone" : "NULL"), id, CASE WHEN disabled_at IS NULL THEN 1 ELSE 0 END FROM device
            WHERE app = ? AND id IN \(placeholders(devices.count))
            """, [.integer(app.rawValue)] + padded(devices.map { .text($0.rawValue) }))
        return try rows.reduce(into: [:]) { $0[try $1.text(4)] = try .some($1.int(5) == 1 ? segment($1) : nil) }
    }

    private static func segment(_ row: SQLRow) throws -> Segment {
        Segment(lane: try LaneRow.lane(row), timeZone: try row.optionalText(3))
    }

    private func named(_ drivers: [AudienceDriver]) throws -> [Segment] { Array(Set(try drivers.flatMap(named))) }

    private func named(_ driver: AudienceDriver) throws -> [Segment] {
        guard !driver.names.isEmpty else { return [] }
        if case .devices = driver, driver.names.allSatisfy({ listed[$0] != nil }) {
            return driver.names.compactMap { listed[$0] ?? nil }
        }
        let column = if case .devices = driver { "id" } else { "user_id" }
        return try connection.rows(
            """
            SELECT DISTINCT \(LaneRow.columns), \(byTimeZone ? "time_zone" : "NULL") FROM device
            WHERE app = ? AND \(column) IN \(placeholders(driver.names.count)) AND disabled_at IS NULL
            """, [.integer(app.rawValue)] + padded(driver.names.map { .text($0) })
        ).map(Self.segment)
    }

    // MARK: All that there are

    private func all() throws -> [Segment] {
        let lanes = try LaneRow.lanes(of: "device", scope: "disabled_at IS NULL", [], app: app, connection: connection)
        guard byTimeZone else { return lanes.map { Segment(lane: $0, timeZone: nil) } }
        return try lanes.flatMap { lane in try timeZones(of: lane).map { Segment(lane: lane, timeZone: $0) } }
    }

    /// Jumps from time zone to time zone.
    private func timeZones(of lane: Lane) throws -> [String] {
        let ofLane = "SELECT time_zone FROM device WHERE \(LaneRow.condition) AND disabled_at IS NULL"
        return try connection.rows(
            """
            WITH RECURSIVE zone (name) AS (
              SELECT (\(ofLane) ORDER BY time_zone LIMIT 1)
              UNION ALL
              SELECT (\(ofLane) AND time_zone > zone.name ORDER BY time_zone LIMIT 1) FROM zone WHERE zone.name IS NOT NULL)
            SELECT name FROM zone WHERE name IS NOT NULL
            """, LaneRow.values(lane) + LaneRow.values(lane)
        ).map { try $0.text(0) }
    }
}
