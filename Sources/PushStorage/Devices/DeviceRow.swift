import Crypto
import Foundation
import PushSender

/// How a device stands in its row, beside what ``TokenRow`` knows.
enum DeviceRow {
    static let columns =
        "id, app, provider, user_id, created_at, registered_at, disabled_at, platform, locale, time_zone, app_version, tags, "
        + TokenRow.columns()
    static let columnCount = columns.split(separator: ",").count
    /// - Parameter table: the name that `device` has in the statement.
    static func columns(of table: String) -> String {
        columns.split(separator: ", ").map { "\(table).\($0)" }.joined(separator: ", ")
    }
    static let profileColumns = ["platform", "locale", "time_zone", "app_version", "app_version_key", "tags"]

    static func profileValues(_ profile: DeviceProfile) throws -> [SQLValue] {
        try profileValues(profile, versionKey: VersionKey.of(profile.appVersion))
    }

    static func profileValues(_ profile: DeviceProfile, versionKey: String) throws -> [SQLValue] {
        [
            .text(profile.platform), .text(profile.locale), .text(profile.timeZone), .text(profile.appVersion), .text(versionKey),
            .text(try profile.tags.isEmpty ? "{}" : json(profile.tags)),
        ]
    }

    /// - Parameter first: where `platform`, `locale`, `time_zone`, `app_version` and `tags` begin.
    static func profile(_ row: SQLRow, at first: Int) throws -> DeviceProfile {
        var profile = DeviceProfile()
        profile.platform = try row.text(first)
        profile.locale = try row.text(first + 1)
        profile.timeZone = try row.text(first + 2)
        profile.appVersion = try row.text(first + 3)
        let tags = try row.text(first + 4)
        if tags != "{}" { profile.tags = try value([String: TagValue].self, tags) }
        return profile
    }

    static func device(_ row: SQLRow, topics: [String]) throws -> Device {
        Device(
            id: DeviceID(rawValue: try row.text(0)), app: AppID(rawValue: try row.integer(1)),
            provider: ProviderName(rawValue: try row.text(2)), token: try TokenRow.token(row, at: 12),
            user: try row.optionalText(3), topics: topics, profile: try profile(row, at: 7), createdAt: try row.date(4),
            registeredAt: try row.date(5), disabledAt: try row.optionalDate(6))
    }

    static func find(_ id: DeviceID, _ app: AppID, _ connection: any SQLConnection) throws -> Device? {
        try connection.row(
            "SELECT \(columns) FROM device WHERE id = ? AND app = ?", [.text(id.rawValue), .integer(app.rawValue)]
        ).map { try device($0, connection) }
    }

    static func device(_ row: SQLRow, _ connection: any SQLConnection) throws -> Device {
        let topics = try connection.rows(
            "SELECT topic FROM device_topic WHERE device = ? ORDER BY topic", [.text(try row.text(0))]
        ).map { try $0.text(0) }
        return try device(row, topics: topics)
    }
}

/// Addresses may be 2 kB long; the index holds their digest.
func addressHash(_ address: String) -> [UInt8] { Array(SHA256.hash(data: Array(address.utf8))) }

func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
}

func value<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
    do {
        return try JSONDecoder().decode(type, from: Data(text.utf8))
    } catch {
        throw StorageError(.corrupt, "\(type) can't be read back", cause: error)
    }
}
