import PushSender

/// Who made a device a member of a topic. Leaving undoes only what was joined.
struct MembershipOrigin: OptionSet, Sendable {
    let rawValue: Int
    static let device = MembershipOrigin(rawValue: 1)
    static let user = MembershipOrigin(rawValue: 2)
    static let everybody = MembershipOrigin(rawValue: 4)
}

/// The topics of one device, as they stand and as they ought to.
struct Memberships {
    private let device: DeviceID
    private let app: AppID
    private let connection: any SQLConnection
    private let known: Known

    /// Topics, and who made the device a member.
    typealias Known = [String: MembershipOrigin]
    typealias Change = (gone: [String], set: [(topic: String, origin: MembershipOrigin)])

    init(_ device: DeviceID, _ app: AppID, _ connection: any SQLConnection) throws {
        self.device = device
        self.app = app
        self.connection = connection
        known = Dictionary(
            try connection.rows("SELECT topic, origin FROM device_topic WHERE device = ?", [.text(device.rawValue)])
                .map { (try $0.text(0), MembershipOrigin(rawValue: try $0.int(1))) }
        ) { first, _ in first }
    }

    /// What the user joined and what everybody joined takes the place of what they had.
    /// - Parameter own: what the device itself joins; nil leaves that as it is.
    func sync(user: String?, own: [String]?) throws {
        try write(Self.change(known, own: own, bound: try bound(user)))
    }

    /// What is taken off the device is off, whoever joined it.
    func change(_ change: TopicChange) throws {
        var wanted = known
        switch change {
        case .add(let topics): for topic in topics { wanted[topic, default: []].insert(.device) }
        case .remove(let topics): for topic in topics { wanted[topic] = nil }
        case .set(let topics): wanted = Dictionary(topics.map { ($0, known[$0, default: []].union(.device)) }) { first, _ in first }
        }
        try UserLimits.check(topics: wanted.values.count { $0.contains(.device) })
        try write(Self.change(from: known, to: wanted))
    }

    private func write(_ change: Change) throws {
        let place: [SQLValue] = [.integer(app.rawValue), .integer(device.shard), .text(device.rawValue)]
        try connection.execute(DeviceStatements.deleteTopic, each: change.gone.map { place + [.text($0)] })
        try connection.insert(DeviceStatements.insertTopic, change.set.map { place + [.text($0.topic), .integer($0.origin.rawValue)] })
    }

    /// What makes the topics that a device has those it ought to have.
    /// - Parameter own: what the device itself joins; nil leaves that as it is.
    static func change(
        _ known: Known, own: [String]?, bound: [(topic: String, origin: MembershipOrigin)]
    ) -> Change {
        var wanted: Known = [:]
        for topic in own ?? known.filter({ $0.value.contains(.device) }).map(\.key) { wanted[topic, default: []].insert(.device) }
        for (topic, origin) in bound { wanted[topic, default: []].insert(origin) }
        return change(from: known, to: wanted)
    }

    private static func change(from known: Known, to wanted: Known) -> Change {
        (known.keys.filter { wanted[$0] == nil }, wanted.filter { known[$0.key] != $0.value }.map { ($0.key, $0.value) })
    }

    private func bound(_ user: String?) throws -> [(topic: String, origin: MembershipOrigin)] {
        try connection.rows(
            "SELECT topic, user_id FROM user_topic WHERE app = ? AND user_id IN (?, ?)",
            [.integer(app.rawValue), .text(user ?? ""), .text("")]
        ).map { (try $0.text(0), try $0.text(1).isEmpty ? .everybody : .user) }
    }

    // MARK: One topic

    static func add(_ origin: MembershipOrigin, _ topic: String, _ device: DeviceID, _ app: AppID, _ connection: any SQLConnection) throws {
        try connection.execute(
            """
            INSERT INTO device_topic (app, topic, shard, device, origin) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (app, topic, shard, device) DO UPDATE SET origin = device_topic.origin | excluded.origin
            """,
            [
                .integer(app.rawValue), .text(topic), .integer(device.shard), .text(device.rawValue), .integer(origin.rawValue),
            ])
        let own = try connection.row(
            "SELECT COUNT(*) FROM device_topic WHERE device = ? AND (origin & ?) <> 0", [.text(device.rawValue), .integer(origin.rawValue)]
        ).map { try $0.int(0) }
        try UserLimits.check(topics: own ?? 0)
    }

    static func remove(
        _ origin: MembershipOrigin, _ topic: String, _ device: DeviceID, _ app: AppID, _ connection: any SQLConnection
    ) throws {
        let place: [SQLValue] = [.integer(app.rawValue), .text(topic), .integer(device.shard), .text(device.rawValue)]
        try connection.execute(
            "UPDATE device_topic SET origin = origin & ? WHERE app = ? AND topic = ? AND shard = ? AND device = ?",
            [.integer(~origin.rawValue & 7)] + place)
        try connection.execute(
            "DELETE FROM device_topic WHERE app = ? AND topic = ? AND shard = ? AND device = ? AND origin = 0", place)
    }
}
