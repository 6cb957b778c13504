import Foundation
import PushSender

/// Writes a push that is about to be accepted.
struct AcceptanceWriter: Sendable {
    private let acceptance: Acceptance
    /// Made before the transaction begins.
    private let row: [SQLValue]

    init(_ acceptance: Acceptance) throws {
        self.acceptance = acceptance
        row = try PushRow.values(acceptance.push, slices: acceptance.slices.count)
    }

    func write(_ connection: any SQLConnection) throws -> Accepted {
        if let idempotency = acceptance.idempotency, let known = try claim(idempotency, connection) {
            return Accepted(push: known, slices: [], isRepetition: true)
        }
        try PushRow.insert(row, connection)
        try insertLabels(connection)
        if acceptance.push.policy.collapseKey != nil { try supersede(connection) }
        if acceptance.slices.isEmpty {
            let push = acceptance.push
            try insertEvents([.pushFinished(push.id, app: push.app, at: push.createdAt)], connection)
        }
        return Accepted(push: acceptance.push, slices: try acceptance.slices.map { try insert($0, connection) })
    }

    private func insertLabels(_ connection: any SQLConnection) throws {
        guard !acceptance.labels.isEmpty else { return }
        let push = acceptance.push
        try connection.execute(
            "INSERT INTO push_label (app, label, push) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            each: acceptance.labels.map { [.integer(push.app.rawValue), .text($0), .text(push.id.rawValue)] })
    }

    private func insert(_ new: Acceptance.NewSlice, _ connection: any SQLConnection) throws -> Slice {
        let push = acceptance.push
        let id = try NewSliceRow(
            push: push.id, segment: new.segment, kind: push.audience.kind, notBefore: new.notBefore, lease: acceptance.lease
        ).insert(connection)
        return Slice(
            id: id, push: push.id, lane: new.segment.lane, timeZone: new.segment.timeZone, range: .all, cursor: nil)
    }

    /// - Returns: the push that was accepted under the key before; nil when the key is ours now.
    private func claim(_ idempotency: Idempotency, _ connection: any SQLConnection) throws -> Push? {
        let app = SQLValue.integer(acceptance.push.app.rawValue)
        let isNew = try connection.execute(
            "INSERT INTO idempotency (app, key, request_hash, push, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [
                app, .text(idempotency.key), .blob(idempotency.requestHash), .text(acceptance.push.id.rawValue),
                .date(acceptance.push.createdAt),
            ]) > 0
        guard !isNew else { return nil }
        guard let push = try Self.push(under: idempotency, acceptance.push.app, connection) else { throw Self.reused(idempotency.key) }
        return push
    }

    /// - Throws: ``PushProblem`` when the key belongs to another request, or to a push that is no longer there.
    static func push(under idempotency: Idempotency, _ app: AppID, _ connection: any SQLConnection) throws -> Push? {
        let row = try connection.row(
            "SELECT request_hash, push FROM idempotency WHERE app = ? AND key = ?", [.integer(app.rawValue), .text(idempotency.key)])
        guard let row else { return nil }
        let id = PushID(rawValue: try row.text(1))
        guard try row.blob(0) == idempotency.requestHash, let push = try PushRow.pushes([id], connection)[id] else {
            throw reused(idempotency.key)
        }
        return push
    }

    private static func reused(_ key: String) -> PushProblem {
        PushProblem(
            .keyReused, field: "Idempotency-Key",
            "the key belongs to another request; take a new one for each push, and the same one only to repeat it unchanged")
    }

    /// Of undelivered pushes with the same collapse key for the same audience only the newest goes out.
    private func supersede(_ connection: any SQLConnection) throws {
        let push = acceptance.push
        let older = try connection.rows(
            """
            UPDATE push SET superseded_by = ? WHERE app = ? AND collapse_key = ? AND audience = ? AND finished_at IS NULL
              AND cancelled_at IS NULL AND superseded_by IS NULL AND id <> ? RETURNING id
            """,
            [
                .text(push.id.rawValue), .integer(push.app.rawValue), .text(push.policy.collapseKey), row[2], .text(push.id.rawValue),
            ])
        for row in older { try wakeUp(PushID(rawValue: try row.text(0)), push.createdAt, connection) }
    }
}
