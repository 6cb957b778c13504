#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
public import PushSender

/// Users in a database.
public struct SQLUserStore: UserStore {
    private let database: any SQLDatabase

    public init(_ database: OpenDatabase) { self.database = database.sql }

    public func update(_ id: String, app: AppID, _ changes: UserChanges, now: Date) async throws -> (user: User, isNew: Bool) {
        try await database.write { [dialect = database.dialect] connection in
            let isNew = try find(id, app, connection) == nil
            try UserRow.touch(id, app, now, connection, dialect)
            guard var user = try find(id, app, connection) else { throw missing(id) }
            for (name, value) in changes.attributes { user.attributes[name] = value }
            if !changes.attributes.isEmpty { try UserLimits.check(attributesBytes: try json(user.attributes).utf8.count) }
            switch changes.quiet {
            case nil: break
            case .hours(let hours): user.quietHours = hours
            case .never: user.quietHours = nil
            }
            try write(user, app, now, connection)
            guard let user = try find(id, app, connection) else { throw missing(id) }
            return (user, isNew)
        }
    }

    public func user(_ id: String, app: AppID) async throws -> User? {
        try await database.read { try find(id, app, $0) }
    }

    public func users(app: AppID, after: String?, limit: Int) async throws -> [User] {
        try await database.read { connection in
            try connection.rows(
                "SELECT \(UserRow.columns) FROM app_user WHERE app = ? AND id > ? ORDER BY id LIMIT ?",
                [.integer(app.rawValue), .text(after ?? ""), .integer(limit)]
            ).map { try readUser($0, app, connection) }
        }
    }

    // MARK: Topics

    public func join(_ topic: String, user: String, app: AppID, now: Date) async throws {
        try await database.write { [dialect = database.dialect] connection in
            try UserRow.touch(user, app, now, connection, dialect)
            try bindWithDevices(topic, user, app, connection)
        }
    }

    public func leave(_ topic: String, user: String, app: AppID) async throws {
        try await database.write { connection in
            try unbindWithDevices(topic, user, app, connection)
        }
    }

    public func change(_ change: TopicChange, user: String?, app: AppID, now: Date) async throws {
        try await database.write { [dialect = database.dialect] connection in
            if let user { try UserRow.touch(user, app, now, connection, dialect) }
            let known = try topics(of: user ?? "", app, connection)
            for topic in change.leaving(known) {
                try user.map { try unbindWithDevices(topic, $0, app, connection) } ?? unbind(topic, "", app, connection)
            }
            for topic in change.joining {
                try user.map { try bindWithDevices(topic, $0, app, connection) } ?? bind(topic, "", app, connection)
            }
        }
    }

    public func memberships(
        of users: [String?], in topics: TopicFilter, app: AppID, after: UserMembership?, limit: Int
    ) async throws -> [UserMembership] {
        let rest = after.map { SQLFragment(" AND (user_id, topic) > (?, ?)", [.text($0.user ?? ""), .text($0.topic)]) }
        let page = "SELECT user_id, topic " + tables(users, topics, app) + (rest ?? SQLFragment(""))
            + SQLFragment(" ORDER BY user_id, topic LIMIT ?", [.integer(limit)])
        return try await database.read { connection in
            try connection.rows(page.sql, page.arguments).map { row in
                let user = try row.text(0)
                return UserMembership(user: user.isEmpty ? nil : user, topic: try row.text(1))
            }
        }
    }

    public func membershipCount(of users: [String?], in topics: TopicFilter, app: AppID) async throws -> Int {
        let count = "SELECT COUNT(*) " + tables(users, topics, app)
        return try await database.read { try $0.row(count.sql, count.arguments)?.int(0) ?? 0 }
    }

    public func joinEverybody(_ topic: String, app: AppID) async throws {
        try await database.write { try bind(topic, "", app, $0) }
    }

    public func leaveEverybody(_ topic: String, app: AppID) async throws {
        try await database.write { try unbind(topic, "", app, $0) }
    }

    public func everybodysTopics(app: AppID) async throws -> [String] {
        try await database.read { try topics(of: "", app, $0) }
    }

    // MARK: The right to know and to be forgotten

    public func devices(of user: String, app: AppID, limit: Int) async throws -> [Device] {
        try await database.read { connection in
            try connection.rows(
                "SELECT \(DeviceRow.columns) FROM device WHERE app = ? AND user_id = ? ORDER BY id LIMIT ?",
                [.integer(app.rawValue), .text(user), .integer(limit)]
            ).map { try DeviceRow.device($0, connection) }
        }
    }

    public func erase(_ user: String, app: AppID) async throws -> Int? {
        try await database.write { connection in
            let devices = try deviceIDs(of: user, app, connection)
            for table in ["failure", "receipt"] {
                try connection.execute("DELETE FROM \(table) WHERE device = ?", each: devices.map { [.text($0.rawValue)] })
            }
            let key: [SQLValue] = [.integer(app.rawValue), .text(user)]
            try connection.execute(
                "DELETE FROM frequency WHERE app = ? AND subject = ?",
                each: (["user:\(user)"] + devices.map { "device:\($0.rawValue)" }).map { [.integer(app.rawValue), .text($0)] })
            try connection.execute("DELETE FROM device WHERE app = ? AND user_id = ?", key)
            try connection.execute("DELETE FROM user_topic WHERE app = ? AND user_id = ?", key)
            let isKnown = try connection.execute("DELETE FROM app_user WHERE app = ? AND id = ?", key) > 0
            return isKnown || !devices.isEmpty ? devices.count : nil
        }
    }
}

// MARK: Statements

private func missing(_ id: String) -> StorageError { StorageError(.corrupt, "a user is not there right after it was written") }

private func find(_ id: String, _ app: AppID, _ connection: any SQLConnection) throws -> User? {
    try connection.row(
        "SELECT \(UserRow.columns) FROM app_user WHERE app = ? AND id = ?", [.integer(app.rawValue), .text(id)]
    ).map { try readUser($0, app, connection) }
}

private func readUser(_ row: SQLRow, _ app: AppID, _ connection: any SQLConnection) throws -> User {
    try UserRow.user(row, topics: try topics(of: try row.text(0), app, connection))
}

private func topics(of user: String, _ app: AppID, _ connection: any SQLConnection) throws -> [String] {
    try connection.rows(
        "SELECT topic FROM user_topic WHERE app = ? AND user_id = ? ORDER BY topic", [.integer(app.rawValue), .text(user)]
    ).map { try $0.text(0) }
}

private func deviceIDs(of user: String, _ app: AppID, _ connection: any SQLConnection) throws -> [DeviceID] {
    try connection.rows(
        "SELECT id FROM device WHERE app = ? AND user_id = ? ORDER BY id", [.integer(app.rawValue), .text(user)]
    ).map { DeviceID(rawValue: try $0.text(0)) }
}

private func write(_ user: User, _ app: AppID, _ now: Date, _ connection: any SQLConnection) throws {
    try connection.execute(
        "UPDATE app_user SET attributes = ?, quiet_hours = ?, updated_at = ? WHERE app = ? AND id = ?",
        [
            .text(try json(user.attributes)), .text(try user.quietHours.map { try json($0) }), .date(now),
            .integer(app.rawValue), .text(user.id),
        ])
}

private func tables(_ users: [String?], _ topics: TopicFilter, _ app: AppID) -> SQLFragment {
    let named = users.isEmpty ? [] : ["user_id IN " + SQLFragment.list(users.map { .text($0 ?? "") })]
    let all = [SQLFragment("app = ?", [.integer(app.rawValue)])] + named + topics.conditions(on: "topic")
    return "FROM user_topic WHERE " + all.joined(" AND ")
}

extension TopicChange {
    fileprivate var joining: [String] {
        switch self {
        case .add(let topics), .set(let topics): topics
        case .remove: []
        }
    }

    fileprivate func leaving(_ known: [String]) -> [String] {
        switch self {
        case .add: []
        case .remove(let topics): topics
        case .set(let topics): known.filter { !topics.contains($0) }
        }
    }
}

private func bindWithDevices(_ topic: String, _ user: String, _ app: AppID, _ connection: any SQLConnection) throws {
    try bind(topic, user, app, connection)
    try connection.execute(
        """
        INSERT INTO device_topic (app, topic, shard, device, origin)
        SELECT app, ?, shard, id, ? FROM device WHERE app = ? AND user_id = ?
        ON CONFLICT (app, topic, shard, device) DO UPDATE SET origin = device_topic.origin | excluded.origin
        """,
        [.text(topic), .integer(MembershipOrigin.user.rawValue), .integer(app.rawValue), .text(user)])
}

private func unbindWithDevices(_ topic: String, _ user: String, _ app: AppID, _ connection: any SQLConnection) throws {
    try unbind(topic, user, app, connection)
    for device in try deviceIDs(of: user, app, connection) { try Memberships.remove(.user, topic, device, app, connection) }
}

private func bind(_ topic: String, _ user: String, _ app: AppID, _ connection: any SQLConnection) throws {
    try connection.execute(
        "INSERT INTO user_topic (app, user_id, topic) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [.integer(app.rawValue), .text(user), .text(topic)])
    let count = try connection.row(
        "SELECT COUNT(*) FROM user_topic WHERE app = ? AND user_id = ?", [.integer(app.rawValue), .text(user)]
    ).map { try $0.int(0) }
    try UserLimits.check(topics: count ?? 0)
}

private func unbind(_ topic: String, _ user: String, _ app: AppID, _ connection: any SQLConnection) throws {
    try connection.execute(
        "DELETE FROM user_topic WHERE app = ? AND user_id = ? AND topic = ?",
        [.integer(app.rawValue), .text(user), .text(topic)])
}
