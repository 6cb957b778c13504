import Foundation
import PushSender
import WebPush

/// How a push stands in its row.
enum PushRow {
    private static let pushColumns =
        "id, app, audience, notification, ttl_seconds, urgency, collapse_key, created_at"
    static let statusColumns =
        pushColumns + ", slices, accepted, failed, expired, unregistered, retrying, finished_at"

    /// The row of a new push. Made before its transaction begins: writers take turns, encoding needn't.
    static func values(_ push: Push, slices: Int) throws -> [SQLValue] {
        [
            .text(push.id.rawValue), .integer(push.app.rawValue), .text(try json(push.audience)),
            .text(try json(push.notification)), .integer(push.policy.ttl.seconds),
            .text(push.policy.urgency.rawValue), .text(push.policy.collapseKey), .date(push.createdAt),
            .integer(slices), .date(slices == 0 ? push.createdAt : nil),
        ]
    }

    static func insert(_ values: [SQLValue], _ connection: any SQLConnection) throws {
        try connection.execute(
            "INSERT INTO push (\(pushColumns), slices, finished_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
    }

    static func pushes(_ ids: [PushID], _ connection: any SQLConnection) throws -> [PushID: Push] {
        guard !ids.isEmpty else { return [:] }
        let rows = try connection.rows(
            "SELECT \(pushColumns) FROM push WHERE id IN \(placeholders(ids.count))", padded(ids.map { .text($0.rawValue) }))
        return Dictionary(try rows.map { row in (PushID(rawValue: try row.text(0)), try push(row)) }) { first, _ in first }
    }

    static func status(_ row: SQLRow, _ connection: any SQLConnection) throws -> PushStatus {
        let push = try push(row)
        var counters = PushCounters()
        counters.accepted = try row.int(9)
        counters.failed = try row.int(10)
        counters.expired = try row.int(11)
        counters.unregistered = try row.int(12)
        counters.retrying = try row.int(13)
        let finishedAt = try row.optionalDate(14)
        let progress = finishedAt == nil ? try progress(of: push.id, slices: try row.int(8), connection) : 1
        let state: PushStatus.State =
            finishedAt != nil ? .done : counters.total == 0 && progress == 0 ? .queued : .sending
        return PushStatus(push: push, state: state, counters: counters, progress: progress, finishedAt: finishedAt)
    }

    /// Shards hold equal shares of any audience, so what the cursors have passed is the share that was tried.
    private static func progress(of push: PushID, slices: Int, _ connection: any SQLConnection) throws -> Double {
        let left = try connection.row(
            "SELECT COALESCE(SUM(last_shard + 1 - COALESCE(cursor_shard, first_shard)), 0) FROM slice WHERE push = ?",
            [.text(push.rawValue)]
        )?.int(0) ?? 0
        return 1 - Double(left) / Double(max(1, slices) * ShardRange.shardCount)
    }

    private static func push(_ row: SQLRow) throws -> Push {
        Push(
            id: PushID(rawValue: try row.text(0)), app: AppID(rawValue: try row.integer(1)),
            audience: try value(Audience.self, row.text(2)), notification: try value(Notification.self, row.text(3)),
            policy: PushPolicy(
                ttl: TTL(seconds: try row.int(4)), urgency: Urgency(rawValue: try row.text(5)) ?? .normal,
                collapseKey: try row.optionalText(6)),
            createdAt: try row.date(7))
    }

    private static func json(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }

    private static func value<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            throw StorageError(.corrupt, "a push's \(type) can't be read back", cause: error)
        }
    }
}
