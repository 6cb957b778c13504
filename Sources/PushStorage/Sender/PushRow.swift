import Foundation
import PushSender
import WebPush

/// How a push stands in its row.
enum PushRow {
    private static let pushColumns =
        """
        id, app, audience, notification, ttl_seconds, urgency, collapse_key, created_at, options, send_at, cancelled_at, superseded_by
        """
    static let statusColumns = pushColumns + ", slices, finished_at"

    /// The row of a new push. Made before its transaction begins: writers take turns, encoding needn't.
    static func values(_ push: Push, slices: Int) throws -> [SQLValue] {
        [
            .text(push.id.rawValue), .integer(push.app.rawValue), .text(try json(push.audience)),
            .text(try json(push.notification)), .integer(push.policy.ttl.seconds),
            .text(push.policy.urgency.rawValue), .text(push.policy.collapseKey), .date(push.createdAt),
            .text(push.options == PushOptions() ? "{}" : try json(push.options)),
            .date(push.startsAt == push.createdAt ? nil : push.startsAt), .integer(slices), .date(slices == 0 ? push.createdAt : nil),
        ]
    }

    static func insert(_ values: [SQLValue], _ connection: any SQLConnection) throws {
        try connection.execute(
            """
            INSERT INTO push
              (id, app, audience, notification, ttl_seconds, urgency, collapse_key, created_at, options, send_at, slices, finished_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, values)
    }

    static func pushes(_ ids: [PushID], _ connection: any SQLConnection) throws -> [PushID: Push] {
        guard !ids.isEmpty else { return [:] }
        let rows = try connection.rows(
            "SELECT \(pushColumns) FROM push WHERE id IN \(placeholders(ids.count))", padded(ids.map { .text($0.rawValue) }))
        return Dictionary(try rows.map { row in (PushID(rawValue: try row.text(0)), try push(row)) }) { first, _ in first }
    }

    static func statuses(_ rows: [SQLRow], now: Date, _ connection: any SQLConnection) throws -> [PushStatus] {
        let sums = try PushTally.sums(of: rows.map { PushID(rawValue: try $0.text(0)) }, connection)
        return try rows.map { row in
            let push = try push(row)
            let finishedAt = try row.optionalDate(13)
            let progress = finishedAt == nil ? try progress(of: push.id, slices: try row.int(12), connection) : 1
            let sums = sums[push.id] ?? PushTally.Sums()
            let isUntouched = progress == 0 && sums.counters.values.allSatisfy { $0.settled + $0.retrying == 0 }
            return PushStatus(
                push: push, state: state(of: push, isUntouched: isUntouched, isDone: finishedAt != nil, now: now),
                counters: sums.counters, failures: sums.failures, progress: progress, finishedAt: finishedAt)
        }
    }

    private static func state(of push: Push, isUntouched: Bool, isDone: Bool, now: Date) -> PushStatus.State {
        if push.ending != nil { return .cancelled }
        if isDone { return .done }
        guard isUntouched else { return .sending }
        return push.startsAt > max(now, push.createdAt) ? .scheduled : .queued
    }

    /// - Parameter first: where `cancelled_at` and `superseded_by` begin.
    static func ending(_ row: SQLRow, at first: Int) throws -> PushEnding? {
        if try row.optionalInt(first) != nil { return .cancelled }
        return try row.optionalText(first + 1).map { .superseded(by: PushID(rawValue: $0)) }
    }

    /// Shards hold equal shares of any audience, so what the cursors have passed is the share that was tried.
    private static func progress(of push: PushID, slices: Int, _ connection: any SQLConnection) throws -> Double {
        let left = try connection.row(
            "SELECT COALESCE(SUM(last_shard + 1 - COALESCE(cursor_shard, first_shard)), 0) FROM slice WHERE push = ?",
            [.text(push.rawValue)]
        )?.int(0) ?? 0
        return 1 - Double(left) / Double(max(1, slices) * ShardRange.shardCount)
    }

    static func push(_ row: SQLRow) throws -> Push {
        let options = try row.text(8)
        return Push(
            id: PushID(rawValue: try row.text(0)), app: AppID(rawValue: try row.integer(1)),
            audience: try value(Audience.self, row.text(2)), notification: try value(Notification.self, row.text(3)),
            policy: PushPolicy(
                ttl: TTL(seconds: try row.int(4)), urgency: Urgency(rawValue: try row.text(5)) ?? .normal,
                collapseKey: try row.optionalText(6)),
            options: options == "{}" ? PushOptions() : try value(PushOptions.self, options), createdAt: try row.date(7),
            startsAt: try row.optionalDate(9), ending: try ending(row, at: 10))
    }
}
