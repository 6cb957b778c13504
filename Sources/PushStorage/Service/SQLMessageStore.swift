#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
public import PushService
import WebPush

/// User agents, channels and undelivered messages in a database.
public struct SQLMessageStore: MessageStore {
    private let database: any SQLDatabase

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

    public func register(_ channels: [Channel], now: Date) async throws {
        guard !channels.isEmpty else { return }
        try await database.write { connection in
            for channel in channels {
                try connection.execute(
                    """
                    INSERT INTO user_agent (uaid, next_sequence, created_at, connected_at) VALUES (?, 1, ?, ?)
                    ON CONFLICT DO NOTHING
                    """,
                    [.blob(channel.uaid.bytes), .date(now), .date(now)])
                try connection.execute(
                    "INSERT INTO channel (uaid, channel, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                    channel.arguments + [.date(now)])
            }
        }
    }

    public func unregister(_ channels: [Channel]) async throws {
        guard !channels.isEmpty else { return }
        try await database.write { connection in
            for channel in channels {
                try connection.execute("DELETE FROM channel WHERE uaid = ? AND channel = ?", channel.arguments)
                try connection.execute("DELETE FROM message WHERE uaid = ? AND channel = ?", channel.arguments)
            }
        }
    }

    // MARK: Messages

    public func store(_ messages: [NewMessage], backlogLimit: Int) async throws -> [StoreResult] {
        guard !messages.isEmpty else { return [] }
        return try await database.write { connection in
            try messages.map { try MessageWriter(connection: connection, backlogLimit: backlogLimit).store($0) }
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

    public func delete(_ messages: [MessageID]) async throws {
        guard !messages.isEmpty else { return }
        try await database.write { connection in
            for message in messages {
                try connection.execute(
                    "DELETE FROM message WHERE uaid = ? AND sequence = ?",
                    [.blob(message.uaid.bytes), .integer(message.sequence.rawValue)])
            }
        }
    }

    // MARK: Upkeep

    public func deleteExpired(now: Date, limit: Int) async throws -> Int {
        try await database.write { connection in
            try connection.execute(
                """
                DELETE FROM message WHERE (uaid, sequence) IN
                  (SELECT uaid, sequence FROM message WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)
                """,
                [.date(now), .integer(limit)])
        }
    }

    public func deleteUserAgents(lastConnectedBefore date: Date, limit: Int) async throws -> Int {
        try await database.write { connection in
            try connection.execute(
                """
                DELETE FROM user_agent WHERE uaid IN
                  (SELECT uaid FROM user_agent WHERE connected_at < ? ORDER BY connected_at LIMIT ?)
                """,
                [.date(date), .integer(limit)])
        }
    }
}

extension Channel {
    var arguments: [SQLValue] { [.blob(uaid.bytes), .blob(id.bytes)] }
}
