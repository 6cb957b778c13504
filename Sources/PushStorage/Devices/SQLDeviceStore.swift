#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
public import PushSender

/// Devices in a database.
public struct SQLDeviceStore: DeviceStore {
    let database: any SQLDatabase

    public init(_ database: OpenDatabase) { self.database = database.sql }

    public func register(
        _ registration: DeviceRegistration, newID: DeviceID, now: Date
    ) async throws -> (device: Device, isNew: Bool) {
        try await database.write { [dialect = database.dialect] connection in
            try DeviceWriter(connection, dialect, now).register(registration, newID)
        }
    }

    public func device(_ id: DeviceID, app: AppID) async throws -> Device? {
        try await database.read { try DeviceRow.find(id, app, $0) }
    }

    public func device(address: String, provider: ProviderName, app: AppID) async throws -> Device? {
        try await database.read { connection in
            try connection.row(
                "SELECT \(DeviceRow.columns) FROM device WHERE app = ? AND provider = ? AND address_hash = ?",
                [.integer(app.rawValue), .text(provider.rawValue), .blob(addressHash(address))]
            ).map { try DeviceRow.device($0, connection) }
        }
    }

    public func devices(app: AppID, after: DeviceID?, limit: Int) async throws -> [Device] {
        try await database.read { connection in
            try connection.rows(
                "SELECT \(DeviceRow.columns) FROM device WHERE app = ? AND id > ? ORDER BY id LIMIT ?",
                [.integer(app.rawValue), .text(after?.rawValue ?? ""), .integer(limit)]
            ).map { try DeviceRow.device($0, connection) }
        }
    }

    public func activeDeviceCount(app: AppID) async throws -> Int {
        try await database.read { connection in
            try connection.row(
                "SELECT COUNT(*) FROM device WHERE app = ? AND disabled_at IS NULL", [.integer(app.rawValue)])?.int(0) ?? 0
        }
    }

    public func update(_ id: DeviceID, app: AppID, _ changes: DeviceChanges, now: Date) async throws -> Device? {
        try await change(id, app) { [dialect = database.dialect] device, connection in
            try DeviceWriter(connection, dialect, now).update(device, changes)
        }
    }

    public func join(_ topic: String, device id: DeviceID, app: AppID) async throws -> Device? {
        try await change(id, app) { try Memberships.add(.device, topic, $0.id, app, $1) }
    }

    public func leave(_ topic: String, device id: DeviceID, app: AppID) async throws -> Device? {
        try await change(id, app) { try Memberships.remove(.device, topic, $0.id, app, $1) }
    }

    public func remove(_ id: DeviceID, app: AppID) async throws -> Bool {
        try await database.write { connection in
            try connection.execute(
                "DELETE FROM device WHERE id = ? AND app = ?", [.text(id.rawValue), .integer(app.rawValue)]) > 0
        }
    }

    public func removeInactive(registeredBefore date: Date, limit: Int) async throws -> Int {
        try await database.maintain(.inactiveDevices) { connection in
            // Asked twice: the device may register while it is found.
            try connection.execute(
                """
                DELETE FROM device WHERE registered_at < ?
                  AND id IN (SELECT id FROM device WHERE registered_at < ? ORDER BY registered_at LIMIT ?)
                """,
                [.date(date), .date(date), .integer(limit)])
        } ?? 0
    }

    public func learn(dead: [PageRecord.Dead], moved: [PageRecord.Moved], app: AppID, now: Date) async throws {
        try await database.write { connection in
            let news = TokenNews(connection)
            _ = try news.disable(dead.filter { try DeviceRow.find($0.device, app, connection) != nil })
            for moved in try moved.filter({ try DeviceRow.find($0.device, app, connection) != nil }) { try news.move(moved, at: now) }
        }
    }

    private func change(
        _ id: DeviceID, _ app: AppID, _ work: @escaping @Sendable (Device, any SQLConnection) throws -> Void
    ) async throws -> Device? {
        try await database.write { connection in
            guard let device = try DeviceRow.find(id, app, connection) else { return nil }
            try work(device, connection)
            return try DeviceRow.find(id, app, connection)
        }
    }
}
