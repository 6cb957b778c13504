#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
public import PushSender

extension SQLDeviceStore {
    /// Registers devices as ``register(_:newID:now:)`` does one after the other, in one transaction. A device that is refused keeps no
    /// other from being written.
    /// - Returns: what became of each, in their order.
    /// - Throws: ``StorageError``; then nothing of the batch was written.
    public func register(_ batch: DeviceBatch, app: AppID, now: Date) async throws -> [DeviceEntryOutcome] {
        try await database.write { [dialect = database.dialect] connection in
            try DeviceBatchWriter(app: app, connection: connection, dialect: dialect, now: now).write(batch.devices)
        }
    }

    /// Devices in the order of their ids, as ``devices(app:after:limit:)`` has them; their topics are those that they joined themselves.
    public func devicesWithOwnTopics(app: AppID, after: DeviceID?, limit: Int) async throws -> [Device] {
        try await database.read { connection in
            let rows = try connection.rows(
                "SELECT \(DeviceRow.columns) FROM device WHERE app = ? AND id > ? ORDER BY id LIMIT ?",
                [.integer(app.rawValue), .text(after?.rawValue ?? ""), .integer(limit)])
            let topics = try connection.rows(
                "SELECT device, topic FROM device_topic WHERE origin & \(MembershipOrigin.device.rawValue) <> 0 AND device IN",
                in: rows.map { .text(try $0.text(0)) }
            ).reduce(into: [String: [String]]()) { $0[try $1.text(0), default: []].append(try $1.text(1)) }
            return try rows.map { try DeviceRow.device($0, topics: (topics[try $0.text(0)] ?? []).sorted()) }
        }
    }

    public func deviceCount(app: AppID) async throws -> Int {
        try await database.read { try $0.row("SELECT COUNT(*) FROM device WHERE app = ?", [.integer(app.rawValue)])?.int(0) ?? 0 }
    }

    /// The names of all tags that devices have, in order.
    public func tagNames(app: AppID) async throws -> [String] {
        try await database.read { connection in
            let named = try connection.rows("SELECT DISTINCT name FROM device_tag WHERE app = ?", [.integer(app.rawValue)])
            // An empty list has no row of its own.
            let lists = try connection.rows(
                "SELECT DISTINCT tags FROM device WHERE app = ? AND tags LIKE '%[]%'", [.integer(app.rawValue)])
            return Set(try named.map { try $0.text(0) } + lists.flatMap { try value([String: TagValue].self, $0.text(0)).keys }).sorted()
        }
    }
}
