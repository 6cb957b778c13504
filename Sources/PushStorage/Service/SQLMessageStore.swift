#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
public import PushService
public import WebPush

/// User agents, channels and undelivered messages in a database.
public struct SQLMessageStore: MessageStore {
    let database: any SQLDatabase

    public init(_ database: OpenDatabase) { self.database = database.sql }

    // MARK: User agents and channels

    public func recordConnections(of uaids: [UAID], now: Date) async throws -> [Bool] {
        guard !uaids.isEmpty else { return [] }
        return try await database.write { connection in
            try uaids.map { uaid in
                try connection.execute(
                    "UPDATE user_agent SET connected_at = CASE WHEN connected_at < ? THEN ? ELSE connected_at END WHERE uaid = ?",
                    [.date(now), .date(now), .blob(uaid.bytes)]) > 0
            }
        }
    }

    public func connect(_ uaids: [UAID], to node: NodeID, now: Date) async throws -> [Connection?] {
        guard !uaids.isEmpty else { return [] }
        return try await database.write { [dialect = database.dialect] connection in
            try uaids.map { uaid in
                let previous = try connection.row(
                    "SELECT node FROM user_agent WHERE uaid = ?\(dialect.forUpdate)", [.blob(uaid.bytes)])
                guard let previous else { return nil }
                let number = try connection.row(
                    """
                    UPDATE user_agent SET node = ?, connection = connection + 1,
                      connected_at = CASE WHEN connected_at < ? THEN ? ELSE connected_at END
                    WHERE uaid = ? RETURNING connection
                    """,
                    [.text(node.rawValue), .date(now), .date(now), .blob(uaid.bytes)])?.integer(0)
                return Connection(
                    number: ConnectionNumber(rawValue: number ?? 0),
                    previousNode: try previous.optionalText(0).map(NodeID.init(rawValue:)))
            }
        }
    }

    public func standings(of uaids: [UAID]) async throws -> [Standing?] {
        guard !uaids.isEmpty else { return [] }
        let rows = try await database.read { connection in
            try connection.rows(
                """
                SELECT \(Self.standingColumns), uaid FROM user_agent WHERE uaid IN \(placeholders(uaids.count))
                """,
                padded(uaids.map { .blob($0.bytes) })
            ).map { (try $0.blob(6), try Self.standing($0)) }
        }
        let known = Dictionary(rows) { first, _ in first }
        return uaids.map { known[$0.bytes] }
    }

    public func standing(of channel: Channel, in epoch: SubscriptionEpoch?) async throws -> Standing? {
        try await database.look { connection in
            let inEpoch = epoch.map { [SQLValue.integer($0.rawValue)] } ?? []
            return try connection.row(
                """
                SELECT \(Self.standingColumns) FROM user_agent WHERE uaid = ?
                  AND EXISTS (SELECT 1 FROM channel WHERE uaid = ? AND channel = ?\(inEpoch.isEmpty ? "" : " AND created_at = ?"))
                """,
                [.blob(channel.uaid.bytes)] + channel.arguments + inEpoch
            ).map { try Self.standing($0) }
        }
    }

    private static let standingColumns = "node, connection, next_sequence, bridge, bridge_app, bridge_token"

    private static func standing(_ row: SQLRow) throws -> Standing {
        Standing(
            node: try row.optionalText(0).map(NodeID.init(rawValue:)), number: ConnectionNumber(rawValue: try row.integer(1)),
            newest: MessageSequence(rawValue: try row.integer(2) - 1), bridge: try BridgeAddress(row, from: 3))
    }

    public func register(_ channels: [Channel], on node: NodeID?, now: Date) async throws -> [SubscriptionEpoch] {
        guard !channels.isEmpty else { return [] }
        return try await database.write { connection in
            try channels.map { channel in
                try connection.execute(
                    """
                    INSERT INTO user_agent (uaid, next_sequence, created_at, connected_at, node) VALUES (?, 1, ?, ?, ?)
                    ON CONFLICT DO NOTHING
                    """,
                    [.blob(channel.uaid.bytes), .date(now), .date(now), .text(node?.rawValue)])
                try connection.execute(
                    "INSERT INTO channel (uaid, channel, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                    channel.arguments + [.date(now)])
                let epoch = try connection.row(
                    "SELECT created_at FROM channel WHERE uaid = ? AND channel = ?", channel.arguments)?.integer(0)
                return SubscriptionEpoch(rawValue: epoch ?? now.milliseconds)
            }
        }
    }

    public func unregister(_ channels: [Channel], now: Date) async throws {
        guard !channels.isEmpty else { return }
        try await database.write { [dialect = database.dialect] connection in
            var ledger = MessageLedger(connection, dialect, now: now)
            for channel in channels {
                try connection.execute("DELETE FROM channel WHERE uaid = ? AND channel = ?", channel.arguments)
                try ledger.end(
                    connection.rows(
                        "DELETE FROM message WHERE uaid = ? AND channel = ? \(MessageLedger.returning)", channel.arguments), .dropped)
            }
            try ledger.close()
        }
    }

    // MARK: Mobile user agents

    public func setBridge(of uaid: UAID, to address: BridgeAddress, now: Date) async throws -> Bool {
        try await database.write { connection in
            try connection.execute(
                """
                UPDATE user_agent SET bridge = ?, bridge_app = ?, bridge_token = ?,
                  connected_at = CASE WHEN connected_at < ? THEN ? ELSE connected_at END
                WHERE uaid = ?
                """,
                [.text(address.bridge), .text(address.app), .text(address.token), .date(now), .date(now), .blob(uaid.bytes)]) > 0
        }
    }

    public func registration(of uaid: UAID) async throws -> UserAgentRegistration? {
        try await database.read { connection in
            let row = try connection.row(
                "SELECT bridge, bridge_app, bridge_token FROM user_agent WHERE uaid = ?", [.blob(uaid.bytes)])
            guard let row else { return nil }
            let channels = try connection.rows("SELECT channel FROM channel WHERE uaid = ? ORDER BY channel", [.blob(uaid.bytes)])
            return UserAgentRegistration(
                channels: try channels.compactMap { ChannelID(bytes: try $0.blob(0)) }, bridge: try BridgeAddress(row, from: 0))
        }
    }

    public func forget(_ uaid: UAID, now: Date) async throws {
        try await database.write { [dialect = database.dialect] connection in
            var ledger = MessageLedger(connection, dialect, now: now)
            try Self.forget(.blob(uaid.bytes), &ledger, connection)
            try ledger.close()
        }
    }

    private static func forget(_ uaid: SQLValue, _ ledger: inout MessageLedger, _ connection: any SQLConnection) throws {
        try ledger.end(connection.rows("DELETE FROM message WHERE uaid = ? \(MessageLedger.returning)", [uaid]), .dropped)
        try connection.execute("DELETE FROM user_agent WHERE uaid = ?", [uaid])
    }

    // MARK: Messages

    public func store(_ messages: [NewMessage], backlogLimit: Int) async throws -> [StoreResult] {
        guard !messages.isEmpty else { return [] }
        return try await database.write { [dialect = database.dialect] connection in
            let writer = MessageWriter(connection: connection, backlogLimit: backlogLimit)
            var ledger = MessageLedger(connection, dialect, now: messages[0].postedAt)
            let results = try messages.map { try writer.store($0, &ledger) }
            try ledger.close()
            return results
        }
    }

    public func messages(
        for uaid: UAID, after: MessageSequence, limit: Int, now: Date
    ) async throws -> MessagePage {
        try await database.read { connection in
            let rows = try connection.rows(
                "SELECT \(MessageRow.columns) FROM message WHERE uaid = ? AND sequence > ? AND expires_at > ? ORDER BY sequence LIMIT ?",
                [.blob(uaid.bytes), .integer(after.rawValue), .date(now), .integer(limit)])
            let next = try connection.row(
                "SELECT next_sequence FROM user_agent WHERE uaid = ?", [.blob(uaid.bytes)])?.integer(0) ?? 1
            return MessagePage(
                try rows.map { try MessageRow.message($0, uaid) }, limit: limit,
                newest: MessageSequence(rawValue: next - 1))
        }
    }

    public func hasMessage(
        for uaid: UAID, after: MessageSequence, atLeast urgency: Urgency, now: Date
    ) async throws -> Bool {
        let urgencies = Urgency.allCases.filter { $0 >= urgency }
        return try await database.look { connection in
            try connection.row(
                """
                SELECT 1 FROM message WHERE uaid = ? AND sequence > ? AND expires_at > ?
                  AND urgency IN \(placeholders(urgencies.count)) LIMIT 1
                """,
                [.blob(uaid.bytes), .integer(after.rawValue), .date(now)] + padded(urgencies.map { .text($0.rawValue) })) != nil
        }
    }

    @discardableResult
    public func delete(_ messages: [EndedMessage], now: Date) async throws -> Set<ReceiptSubscription> {
        guard !messages.isEmpty else { return [] }
        return try await database.write { [dialect = database.dialect] connection in
            var ledger = MessageLedger(connection, dialect, now: now)
            for message in messages {
                try ledger.end(
                    connection.rows(
                        "DELETE FROM message WHERE uaid = ? AND sequence = ? \(MessageLedger.returning)",
                        [.blob(message.id.uaid.bytes), .integer(message.id.sequence.rawValue)]), message.ending)
            }
            try ledger.close()
            return ledger.told
        }
    }

    public func tally() async throws -> MessageTally { try await database.read { try MessageLedger.tally($0) } }

    // MARK: Upkeep

    public func deleteExpired(now: Date, limit: Int) async throws -> Int {
        try await database.maintain(.expiredMessages) { [dialect = database.dialect] connection in
            var ledger = MessageLedger(connection, dialect, now: now)
            let expired = try connection.rows(
                """
                DELETE FROM message WHERE (uaid, sequence) IN
                  (SELECT uaid, sequence FROM message WHERE expires_at <= ? ORDER BY expires_at LIMIT ?) \(MessageLedger.returning)
                """,
                [.date(now), .integer(limit)])
            try ledger.end(expired, .expired)
            try ledger.close()
            return expired.count
        } ?? 0
    }

    public func deleteUserAgents(lastConnectedBefore date: Date, limit: Int, now: Date) async throws -> Int {
        try await database.maintain(.idleUserAgents) { [dialect = database.dialect] connection in
            var ledger = MessageLedger(connection, dialect, now: now)
            let idle = try connection.rows(
                "SELECT uaid FROM user_agent WHERE connected_at < ? ORDER BY connected_at LIMIT ?\(dialect.forUpdate)",
                [.date(date), .integer(limit)])
            for row in idle { try Self.forget(.blob(try row.blob(0)), &ledger, connection) }
            try ledger.close()
            return idle.count
        } ?? 0
    }
}

extension BridgeAddress {
    /// - Parameter first: the column of the bridge's name; app and token come after it.
    /// - Returns: nil when there is none.
    init?(_ row: SQLRow, from first: Int) throws {
        guard let bridge = try row.optionalText(first) else { return nil }
        self.init(bridge: bridge, app: try row.optionalText(first + 1) ?? "", token: try row.optionalText(first + 2) ?? "")
    }
}

extension Channel {
    var arguments: [SQLValue] { [.blob(uaid.bytes), .blob(id.bytes)] }
}
