#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
public import PushSender

extension SQLDeviceStore {
    public func devices(
        matching condition: AudienceCondition, app: AppID, after: DeviceID?, limit: Int
    ) async throws -> [Device] {
        let selection = DeviceSelection(condition, app, asOf: database.now())
        return try await database.read { try selection.devices(after: after, limit: limit, $0) }
    }

    public func count(matching condition: AudienceCondition, app: AppID) async throws -> Int {
        let now = database.now()
        return try await database.read { try AudienceCount.devices(matching: condition, app: app, asOf: now, $0) }
    }

    public func update(
        matching condition: AudienceCondition, app: AppID, _ changes: DeviceChanges, now: Date
    ) async throws -> Int {
        let selection = DeviceSelection(condition, app, asOf: now)
        return try await database.write { [dialect = database.dialect] connection in
            let devices = try selection.ids(connection).compactMap { try DeviceRow.find($0, app, connection) }
            for device in devices { try DeviceWriter(connection, dialect, now).update(device, changes) }
            return devices.count
        }
    }

    public func remove(matching condition: AudienceCondition, app: AppID) async throws -> Int {
        let selection = DeviceSelection(condition, app, asOf: database.now())
        return try await database.write { connection in
            try connection.execute(
                "DELETE FROM device WHERE app = ? AND id = ?",
                each: selection.ids(connection).map { [.integer(app.rawValue), .text($0.rawValue)] }
            ).reduce(0, +)
        }
    }

    // MARK: Topics

    public func change(
        _ topics: TopicChange, device id: DeviceID, app: AppID, owner: String?
    ) async throws -> TopicChangeVerdict {
        try await database.write { connection in
            guard let device = try DeviceRow.find(id, app, connection), device.disabledAt == nil else { return .unknownDevice }
            guard owner == nil || owner == device.user else { return .ownedByAnother }
            try Memberships(id, app, connection).change(topics)
            return .changed
        }
    }

    public func memberships(
        matching condition: AudienceCondition, in topics: TopicFilter, app: AppID, after: DeviceMembership.Cursor?, limit: Int
    ) async throws -> [DeviceMembership] {
        let page = MembershipSelection(condition, topics, app, asOf: database.now()).page(after: after, limit: limit)
        return try await database.read { connection in
            try connection.rows(page.sql, page.arguments).map { row in
                DeviceMembership(device: try DeviceRow.device(row, connection), topic: try row.text(DeviceRow.columnCount))
            }
        }
    }

    public func membershipCount(matching condition: AudienceCondition, in topics: TopicFilter, app: AppID) async throws -> Int {
        let count = MembershipSelection(condition, topics, app, asOf: database.now()).count
        return try await database.read { try $0.row(count.sql, count.arguments)?.int(0) ?? 0 }
    }
}
