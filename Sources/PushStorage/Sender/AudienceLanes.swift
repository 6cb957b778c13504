import PushSender

/// Which lanes an audience's devices are in: asked for each push, so it looks at named devices or jumps through an index, and never
/// walks an audience.
struct AudienceLanes {
    let lanes: [Lane]

    init(_ audience: Audience, _ app: AppID, _ connection: any SQLConnection) throws {
        if audience.everyone || !audience.topics.isEmpty {
            try Self.refuseUnknown(audience.devices, Self.devices(audience.devices, app, connection))
            lanes = try LaneRow.lanes(
                of: "device", scope: "disabled_at IS NULL", [], app: app, connection: connection)
            return
        }
        let named = try Self.devices(audience.devices, app, connection)
        try Self.refuseUnknown(audience.devices, named)
        let users = try Self.users(audience.users, app, connection)
        lanes = Array(Set(named.map(\.lane)).union(users))
    }

    private typealias Named = (id: String, lane: Lane)

    private static func devices(_ ids: [DeviceID], _ app: AppID, _ connection: any SQLConnection) throws -> [Named] {
        guard !ids.isEmpty else { return [] }
        return try connection.rows(
            "SELECT id, \(LaneRow.columns) FROM device WHERE app = ? AND id IN \(placeholders(ids.count))",
            [.integer(app.rawValue)] + padded(ids.map { .text($0.rawValue) })
        ).map { (try $0.text(0), try LaneRow.lane($0, at: 1)) }
    }

    private static func users(_ users: [String], _ app: AppID, _ connection: any SQLConnection) throws -> [Lane] {
        guard !users.isEmpty else { return [] }
        return try connection.rows(
            "SELECT DISTINCT \(LaneRow.columns) FROM device WHERE app = ? AND user_id IN \(placeholders(users.count))",
            [.integer(app.rawValue)] + padded(users.map { .text($0) })
        ).map { try LaneRow.lane($0) }
    }

    private static func refuseUnknown(_ ids: [DeviceID], _ found: [Named]) throws {
        guard !ids.isEmpty else { return }
        let known = Set(found.map(\.id))
        guard let index = ids.firstIndex(where: { !known.contains($0.rawValue) }) else { return }
        throw PushProblem(
            .unknownDevice, field: "audience.devices[\(index)]",
            "there is no device \(ids[index].rawValue); GET /v1/devices lists them")
    }
}
