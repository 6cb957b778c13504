import PushSender

/// Which segments an audience's devices are in: asked for each push, so it looks at named devices or jumps through an index, and never
/// walks an audience. There may be segments in which it then finds nobody.
struct AudienceLanes {
    private let app: AppID
    private let byTimeZone: Bool
    private let connection: any SQLConnection

    /// - Parameter byTimeZone: whether devices of different time zones are to be sent to apart.
    /// - Throws: ``PushProblem`` for a device that the push names and that isn't there.
    static func segments(of audience: Audience, _ app: AppID, byTimeZone: Bool, _ connection: any SQLConnection) throws -> [Segment] {
        try refuseUnknown(audience.devices, app, connection)
        let condition = audience.condition
        let plan = AudiencePlan(condition)
        let lanes = AudienceLanes(app: app, byTimeZone: byTimeZone, connection: connection)
        let segments = plan.isNamed ? try lanes.named(plan.drivers ?? []) : try lanes.all()
        return segments.filter { condition.assuming(provider: $0.lane.provider, timeZone: $0.timeZone) != .never }
    }

    // MARK: Named devices

    private func named(_ drivers: [AudienceDriver]) throws -> [Segment] { Array(Set(try drivers.flatMap(named))) }

    private func named(_ driver: AudienceDriver) throws -> [Segment] {
        guard !driver.names.isEmpty else { return [] }
        let column = if case .devices = driver { "id" } else { "user_id" }
        return try connection.rows(
            """
            SELECT DISTINCT \(LaneRow.columns), \(byTimeZone ? "time_zone" : "NULL") FROM device
            WHERE app = ? AND \(column) IN \(placeholders(driver.names.count)) AND disabled_at IS NULL
            """, [.integer(app.rawValue)] + padded(driver.names.map { .text($0) })
        ).map { Segment(lane: try LaneRow.lane($0), timeZone: try $0.optionalText(3)) }
    }

    private static func refuseUnknown(_ ids: [DeviceID], _ app: AppID, _ connection: any SQLConnection) throws {
        guard !ids.isEmpty else { return }
        let found = try connection.rows(
            "SELECT id FROM device WHERE app = ? AND id IN \(placeholders(ids.count))",
            [.integer(app.rawValue)] + padded(ids.map { .text($0.rawValue) }))
        let known = Set(try found.map { try $0.text(0) })
        guard let index = ids.firstIndex(where: { !known.contains($0.rawValue) }) else { return }
        throw PushProblem(
            .unknownDevice, field: "audience.devices[\(index)]", "there is no device \(ids[index].rawValue); GET /v1/devices lists them")
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
