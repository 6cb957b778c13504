import Crypto
#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
public import PushSender

/// Devices in a database.
public struct SQLDeviceStore: DeviceStore {
    private let database: any SQLDatabase

    public init(_ database: OpenDatabase) { self.database = database.sql }

    public func register(
        _ registration: DeviceRegistration, newID: DeviceID, now: Date
    ) async throws -> (device: Device, isNew: Bool) {
        try await database.write { connection in
            let known = try connection.row(
                "SELECT id, environment FROM device WHERE app = ? AND provider = ? AND address_hash = ?",
                [
                    .integer(registration.app.rawValue), .text(registration.provider.rawValue),
                    .blob(addressHash(registration.token.address)),
                ]
            ).map { (id: DeviceID(rawValue: try $0.text(0)), environment: try $0.text(1)) }
            let id = known?.id ?? newID
            if let known {
                var token = registration.token
                if registration.isEnvironmentGuessed { token.environment = .init(rawValue: known.environment) }
                try connection.execute(
                    """
                    UPDATE device SET address = ?, keys = ?, environment = ?, token_kind = ?, app_identifier = ?, user_id = ?,
                      registered_at = ?, disabled_at = NULL WHERE id = ?
                    """,
                    TokenRow.values(token) + [.text(registration.user), .date(now), .text(id.rawValue)])
            } else {
                try insert(registration, id, now, connection)
            }
            if let topics = registration.topics { try replaceTopics(of: id, registration.app, topics, connection) }
            guard let device = try findDevice(id, registration.app, connection) else { throw missing(id) }
            return (device, known == nil)
        }
    }

    public func device(_ id: DeviceID, app: AppID) async throws -> Device? {
        try await database.read { try findDevice(id, app, $0) }
    }

    public func device(address: String, provider: ProviderName, app: AppID) async throws -> Device? {
        try await database.read { connection in
            try connection.row(
                "SELECT \(columns) FROM device WHERE app = ? AND provider = ? AND address_hash = ?",
                [.integer(app.rawValue), .text(provider.rawValue), .blob(addressHash(address))]
            ).map { try readDevice($0, connection) }
        }
    }

    public func devices(app: AppID, after: DeviceID?, limit: Int) async throws -> [Device] {
        try await database.read { connection in
            try connection.rows(
                "SELECT \(columns) FROM device WHERE app = ? AND id > ? ORDER BY id LIMIT ?",
                [.integer(app.rawValue), .text(after?.rawValue ?? ""), .integer(limit)]
            ).map { try readDevice($0, connection) }
        }
    }

    public func activeDeviceCount(app: AppID) async throws -> Int {
        try await database.read { connection in
            try connection.row(
                "SELECT COUNT(*) FROM device WHERE app = ? AND disabled_at IS NULL", [.integer(app.rawValue)])?.int(0) ?? 0
        }
    }

    public func setUser(_ user: String?, of id: DeviceID, app: AppID) async throws -> Device? {
        try await change(id, app) { connection in
            try connection.execute("UPDATE device SET user_id = ? WHERE id = ?", [.text(user), .text(id.rawValue)])
        }
    }

    public func join(_ topic: String, device id: DeviceID, app: AppID) async throws -> Device? {
        try await change(id, app) { try insert(topic, id, app, $0) }
    }

    public func leave(_ topic: String, device id: DeviceID, app: AppID) async throws -> Device? {
        try await change(id, app) { connection in
            try connection.execute(
                "DELETE FROM device_topic WHERE app = ? AND topic = ? AND shard = ? AND device = ?",
                [.integer(app.rawValue), .text(topic), .integer(id.shard), .text(id.rawValue)])
        }
    }

    public func remove(_ id: DeviceID, app: AppID) async throws -> Bool {
        try await database.write { connection in
            try connection.execute(
                "DELETE FROM device WHERE id = ? AND app = ?", [.text(id.rawValue), .integer(app.rawValue)]) > 0
        }
    }

    private func change(
        _ id: DeviceID, _ app: AppID, _ work: @escaping @Sendable (any SQLConnection) throws -> Void
    ) async throws -> Device? {
        try await database.write { connection in
            guard try findDevice(id, app, connection) != nil else { return nil }
            try work(connection)
            return try findDevice(id, app, connection)
        }
    }
}

// MARK: Statements

private let columns =
    "id, app, provider, user_id, created_at, registered_at, disabled_at, " + TokenRow.columns()

/// Addresses may be 2 kB long; the index holds their digest.
func addressHash(_ address: String) -> [UInt8] { Array(SHA256.hash(data: Array(address.utf8))) }

private func missing(_ id: DeviceID) -> StorageError {
    StorageError(.corrupt, "device \(id.rawValue) is not there right after it was written")
}

private func findDevice(_ id: DeviceID, _ app: AppID, _ connection: any SQLConnection) throws -> Device? {
    try connection.row(
        "SELECT \(columns) FROM device WHERE id = ? AND app = ?", [.text(id.rawValue), .integer(app.rawValue)]
    ).map { try readDevice($0, connection) }
}

private func readDevice(_ row: SQLRow, _ connection: any SQLConnection) throws -> Device {
    let id = DeviceID(rawValue: try row.text(0))
    let topics = try connection.rows(
        "SELECT topic FROM device_topic WHERE device = ? ORDER BY topic", [.text(id.rawValue)]
    ).map { try $0.text(0) }
    return Device(
        id: id, app: AppID(rawValue: try row.integer(1)), provider: ProviderName(rawValue: try row.text(2)),
        token: try TokenRow.token(row, at: 7), user: try row.optionalText(3), topics: topics,
        createdAt: try row.date(4), registeredAt: try row.date(5), disabledAt: try row.optionalDate(6))
}

private func insert(
    _ registration: DeviceRegistration, _ id: DeviceID, _ now: Date, _ connection: any SQLConnection
) throws {
    try connection.execute(
        """
        INSERT INTO device
          (id, app, provider, shard, address_hash, user_id, created_at, registered_at, \(TokenRow.columns()))
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
            .text(id.rawValue), .integer(registration.app.rawValue), .text(registration.provider.rawValue),
            .integer(id.shard), .blob(addressHash(registration.token.address)), .text(registration.user), .date(now),
            .date(now),
        ] + TokenRow.values(registration.token))
}

private func replaceTopics(
    of id: DeviceID, _ app: AppID, _ topics: [String], _ connection: any SQLConnection
) throws {
    try connection.execute("DELETE FROM device_topic WHERE device = ?", [.text(id.rawValue)])
    for topic in topics { try insert(topic, id, app, connection) }
}

private func insert(_ topic: String, _ id: DeviceID, _ app: AppID, _ connection: any SQLConnection) throws {
    try connection.execute(
        "INSERT INTO device_topic (app, topic, shard, device) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [.integer(app.rawValue), .text(topic), .integer(id.shard), .text(id.rawValue)])
}
