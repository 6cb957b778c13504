import Foundation
import PushSender
import PushTesting

@testable import PushStorage

/// Devices as the tests of audiences need them: of several lanes, time zones, users, topics and tags, made from a seed.
struct Population {
    static let now = Date(timeIntervalSince1970: 1_900_000_000)
    static let lanes = [
        Lane(app: .default, provider: .webPush), Lane(app: .default, provider: .apns, environment: .production),
        Lane(app: .default, provider: .apns, environment: .sandbox), Lane(app: .default, provider: .fcm),
    ]
    static let zones = ["", "Europe/Vienna", "Asia/Tokyo"]
    static let topics = ["news", "sport", "t\"1", "é"]
    static let users = ["u1", "u2", "u3", "é"]
    static let texts = ["pro", "free", "a\"\\b", "é", "e\u{301}", "\u{1}\n", "2.10", "2.9", "2.0-beta", "ios", "web", "u1"]

    let devices: [Device]

    init(_ count: Int, using random: inout SeededGenerator) { devices = (0..<count).map { Self.device("d\($0)", using: &random) } }

    private static func device(_ id: String, using random: inout SeededGenerator) -> Device {
        let lane = lanes.randomElement(using: &random) ?? lanes[0]
        var profile = DeviceProfile()
        profile.platform = ["", "ios", "web"].randomElement(using: &random) ?? ""
        profile.locale = ["", "de-AT", "é"].randomElement(using: &random) ?? ""
        profile.timeZone = zones.randomElement(using: &random) ?? ""
        profile.appVersion = ["", "2.10", "2.9", "2.0-beta", "2", "v2.0.1+7"].randomElement(using: &random) ?? ""
        for name in ["plan", "age", "beta", "countries", "odd name\n", "é"] where Bool.random(using: &random) {
            profile.tags[name] = .randomTag(using: &random)
        }
        let isDisabled = Int.random(in: 0..<8, using: &random) == 0
        return Device(
            id: DeviceID(rawValue: id), app: .default, provider: lane.provider,
            token: Token(address: "https://push.example/\(id)", environment: lane.environment),
            user: Bool.random(using: &random) ? users.randomElement(using: &random) : nil,
            topics: topics.filter { _ in Int.random(in: 0..<3, using: &random) == 0 }, profile: profile, createdAt: now,
            registeredAt: now.addingTimeInterval(-Double(Int.random(in: 0..<200 * 86_400, using: &random))),
            disabledAt: isDisabled ? now : nil)
    }

    // MARK: Rows

    func insert(into database: any SQLDatabase) async throws {
        try await database.write { connection in
            try connection.execute(Self.insertDevice, each: try devices.map(Self.row))
            try connection.execute(
                "INSERT INTO device_topic (app, topic, shard, device) VALUES (?, ?, ?, ?)",
                each: devices.flatMap { device in
                    device.topics.map { [1, .text($0), .integer(device.id.shard), .text(device.id.rawValue)] }
                })
            try connection.execute(
                "INSERT INTO device_tag (app, name, value, shard, device) VALUES (?, ?, ?, ?, ?)",
                each: devices.flatMap { device in
                    TagKey.rows(of: device.profile.tags).map {
                        [1, .text($0.name), .text($0.value), .integer(device.id.shard), .text(device.id.rawValue)]
                    }
                })
        }
    }

    private static let insertDevice = """
        INSERT INTO device
          (id, app, provider, shard, address_hash, user_id, created_at, registered_at, disabled_at, \(TokenRow.columns()),
           \(DeviceRow.profileColumns.joined(separator: ", ")))
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    private static func row(_ device: Device) throws -> [SQLValue] {
        [
            .text(device.id.rawValue), .integer(device.app.rawValue), .text(device.provider.rawValue), .integer(device.id.shard),
            .blob(Array(device.id.rawValue.utf8)), .text(device.user), .date(device.createdAt), .date(device.registeredAt),
            .date(device.disabledAt),
        ] + TokenRow.values(device.token) + (try DeviceRow.profileValues(device.profile))
    }

    // MARK: The oracle

    /// In the order of cursors.
    func devices(in audience: Audience, lane: Lane, timeZone: String?) -> [String] {
        devices.filter { device in
            device.disabledAt == nil && device.provider == lane.provider && device.token.environment == lane.environment
                && (timeZone == nil || device.profile.timeZone == timeZone) && audience.condition.matches(device, asOf: Self.now)
        }.map(\.id).sorted { ($0.shard, $0.rawValue) < ($1.shard, $1.rawValue) }.map(\.rawValue)
    }
}

extension TagValue {
    fileprivate static func randomTag(using random: inout SeededGenerator) -> TagValue {
        guard Int.random(in: 0..<4, using: &random) == 0 else { return randomMember(using: &random) }
        return .list((0..<Int.random(in: 0...3, using: &random)).map { _ in randomMember(using: &random) })
    }

    private static func randomMember(using random: inout SeededGenerator) -> TagValue {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: .string(Population.texts.randomElement(using: &random) ?? "")
        case 1: .number([-1e300, -2.5, -1, -0.0, 0, 1e-9, 1, 18, 1e21].randomElement(using: &random) ?? 0)
        default: .boolean(Bool.random(using: &random))
        }
    }
}
