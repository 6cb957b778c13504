#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
public import PushSender

/// Pushes, slices, retries and failures in a database.
public struct SQLPushStore: PushStore {
    let database: any SQLDatabase

    public init(_ database: OpenDatabase) { self.database = database.sql }

    // MARK: Accepting and asking

    public func lanes(of audience: Audience, app: AppID) async throws -> [Lane] {
        try await database.look { try AudienceLanes(audience, app, $0).lanes }
    }

    public func accept(_ push: Push, lanes: [Lane], lease: Lease?) async throws -> [Slice] {
        let row = try PushRow.values(push, slices: lanes.count)
        return try await database.write { connection in
            try PushRow.insert(row, connection)
            return try lanes.map { lane in
                let id = try insertSlice(push.id, lane, push.audience.kind, .all, lease, connection)
                return Slice(id: id, push: push.id, lane: lane, range: .all, cursor: nil)
            }
        }
    }

    public func status(of push: PushID, app: AppID) async throws -> PushStatus? {
        try await database.look { connection in
            try connection.row(
                "SELECT \(PushRow.statusColumns) FROM push WHERE id = ? AND app = ?",
                [.text(push.rawValue), .integer(app.rawValue)]
            ).map { try PushRow.status($0, connection) }
        }
    }

    public func pushes(app: AppID, before: PushID?, limit: Int) async throws -> [PushStatus] {
        try await database.read { connection in
            try connection.rows(
                "SELECT \(PushRow.statusColumns) FROM push WHERE app = ? AND id < ? ORDER BY id DESC LIMIT ?",
                [.integer(app.rawValue), .text(before?.rawValue ?? "~"), .integer(limit)]
            ).map { try PushRow.status($0, connection) }
        }
    }

    public func failures(of push: PushID, after: DeviceID?, limit: Int) async throws -> [DeliveryFailure] {
        try await database.read { connection in
            try connection.rows(
                "SELECT device, kind, reason, at FROM failure WHERE push = ? AND device > ? ORDER BY device LIMIT ?",
                [.text(push.rawValue), .text(after?.rawValue ?? ""), .integer(limit)]
            ).map { row in
                DeliveryFailure(
                    device: DeviceID(rawValue: try row.text(0)), kind: .init(rawValue: try row.text(1)) ?? .failed,
                    reason: try row.text(2), at: try row.date(3))
            }
        }
    }

    // MARK: Leases

    public func lanesWithSlices(_ kind: SliceKind, now: Date) async throws -> [Lane] {
        try await database.look { connection in
            try LaneRow.lanes(
                of: "slice", scope: "kind = ?", [.integer(kind.rawValue)], due: "lease_until <= ?", [.date(now)],
                connection: connection)
        }
    }

    public func claimSlices(_ kind: SliceKind, _ claim: Claim) async throws -> [ClaimedSlice] {
        try await database.write { [dialect = database.dialect] connection in
            let slices = try connection.rows(
                """
                WITH due AS MATERIALIZED
                  (SELECT id FROM slice WHERE kind = ? AND \(LaneRow.condition) AND lease_until <= ?
                   ORDER BY lease_until, id LIMIT ?\(dialect.skipLocked))
                UPDATE slice SET lease_owner = ?, lease_until = ? WHERE id IN (SELECT id FROM due)
                RETURNING id, push, \(LaneRow.columns), first_shard, last_shard, cursor_shard, cursor_device
                """,
                [.integer(kind.rawValue)] + LaneRow.values(claim.lane)
                    + [.date(claim.now), .integer(claim.limit), .text(claim.owner.rawValue), .date(claim.leaseUntil)]
            ).map(slice).sorted { $0.id < $1.id }
            let pushes = try PushRow.pushes(slices.map(\.push), connection)
            return slices.compactMap { slice in pushes[slice.push].map { ClaimedSlice(slice: slice, push: $0, owner: claim.owner) } }
        }
    }

    public func lanesWithRetries(now: Date) async throws -> [Lane] {
        try await database.look { connection in
            try LaneRow.lanes(
                of: "retry", scope: "TRUE", [], due: "due_at <= ? AND lease_until <= ?", [.date(now), .date(now)],
                connection: connection)
        }
    }

    public func claimRetries(_ claim: Claim) async throws -> ClaimedRetries {
        try await database.write { [dialect = database.dialect] connection in
            let claimed = try connection.rows(
                """
                WITH due AS MATERIALIZED
                  (SELECT push, device FROM retry WHERE \(LaneRow.condition) AND due_at <= ? AND lease_until <= ?
                   ORDER BY due_at LIMIT ?\(dialect.skipLocked))
                UPDATE retry SET lease_owner = ?, lease_until = ? WHERE (push, device) IN (SELECT push, device FROM due)
                RETURNING push, \(LaneRow.columns), device, attempts
                """,
                LaneRow.values(claim.lane)
                    + [
                        .date(claim.now), .date(claim.now), .integer(claim.limit), .text(claim.owner.rawValue),
                        .date(claim.leaseUntil),
                    ])
            let retries = try retries(claimed, connection)
            return ClaimedRetries(
                retries: retries, pushes: try PushRow.pushes(retries.map(\.push), connection), owner: claim.owner)
        }
    }

    public func hasten(app: AppID, provider: ProviderName, now: Date) async throws {
        try await database.write { connection in
            for (table, due) in [("slice", "lease_until"), ("retry", "due_at")] {
                try connection.execute(
                    "UPDATE \(table) SET \(due) = ? WHERE app = ? AND provider = ? AND lease_owner IS NULL AND \(due) > ?",
                    [.date(now), .integer(app.rawValue), .text(provider.rawValue), .date(now)])
            }
        }
    }

    public func renewLeases(owners: [LeaseOwner], until: Date) async throws {
        guard !owners.isEmpty else { return }
        try await database.write { connection in
            for table in ["slice", "retry"] {
                try connection.execute(
                    "UPDATE \(table) SET lease_until = ? WHERE lease_owner IN \(placeholders(owners.count))",
                    [.date(until)] + padded(owners.map { .text($0.rawValue) }))
            }
        }
    }

    public func releaseLeases(node: LeaseOwner) async throws {
        try await database.write { connection in
            for table in ["slice", "retry"] {
                // A node's claims are called after it: `node.1`, `node.2`. A slash is what comes after a dot.
                try connection.execute(
                    "UPDATE \(table) SET lease_owner = NULL, lease_until = 0 WHERE lease_owner > ? AND lease_owner < ?",
                    [.text(node.rawValue + "."), .text(node.rawValue + "/")])
            }
        }
    }

    public func releaseAllLeases() async throws {
        try await database.write { connection in
            for table in ["slice", "retry"] {
                try connection.execute(
                    "UPDATE \(table) SET lease_owner = NULL, lease_until = 0 WHERE lease_owner IS NOT NULL", [])
            }
        }
    }

    // MARK: Growing old

    public func deleteFinished(before date: Date, limit: Int) async throws -> Int {
        try await database.maintain(.finishedPushes) { connection in
            let ids = try connection.rows(
                "SELECT id FROM push WHERE finished_at < ? ORDER BY finished_at LIMIT ?", [.date(date), .integer(min(limit, 128))]
            ).map { SQLValue.text(try $0.text(0)) }
            guard !ids.isEmpty else { return 0 }
            let list = placeholders(ids.count)
            let failures = try connection.execute(
                """
                DELETE FROM failure WHERE (push, device) IN
                  (SELECT push, device FROM failure WHERE push IN \(list) LIMIT ?)
                """,
                padded(ids) + [.integer(limit)])
            guard failures < limit else { return failures }
            return try failures + connection.execute("DELETE FROM push WHERE id IN \(list)", padded(ids))
        } ?? 0
    }

    // MARK: Pages

    public func page(of slice: Slice, audience: Audience, app: AppID, limit: Int) async throws -> [Recipient] {
        let query = AudienceQuery(audience, slice: slice, app: app, limit: limit)
        let read: @Sendable (any SQLConnection) throws -> [Recipient] = { connection in
            try connection.rows(query.sql, query.arguments).map { row in
                Recipient(device: DeviceID(rawValue: try row.text(0)), token: try TokenRow.token(row, at: 1))
            }
        }
        return try await audience.isDirect ? database.look(read) : database.read(read)
    }

    public func record(_ page: PageRecord, owner: LeaseOwner) async throws -> Bool {
        try await database.write { [dialect = database.dialect] connection in
            try PageWriter(page, owner, connection, dialect).write()
        }
    }
}

// MARK: Statements

/// - Returns: the slice's id.
@discardableResult
func insertSlice(
    _ push: PushID, _ lane: Lane, _ kind: SliceKind, _ range: ShardRange, _ lease: Lease?, _ connection: any SQLConnection
) throws -> Int64 {
    let row = try connection.row(
        """
        INSERT INTO slice (push, \(LaneRow.columns), kind, first_shard, last_shard, lease_owner, lease_until)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id
        """,
        [.text(push.rawValue)] + LaneRow.values(lane)
            + [
                .integer(kind.rawValue), .integer(range.first), .integer(range.last), .text(lease?.owner.rawValue),
                .date(lease?.until ?? Date(milliseconds: 0)),
            ])
    guard let row else { throw StorageError(.corrupt, "a slice got no id") }
    return try row.integer(0)
}

private func slice(_ row: SQLRow) throws -> Slice {
    let cursor = try row.optionalInt(7).map { shard in
        DeviceCursor(shard: shard, device: DeviceID(rawValue: try row.text(8)))
    }
    return Slice(
        id: try row.integer(0), push: PushID(rawValue: try row.text(1)), lane: try LaneRow.lane(row, at: 2),
        range: ShardRange(first: try row.int(5), last: try row.int(6)), cursor: cursor)
}

/// Retries as they were claimed, with where to send them now.
private func retries(_ rows: [SQLRow], _ connection: any SQLConnection) throws -> [Retry] {
    guard !rows.isEmpty else { return [] }
    let devices = try rows.map { try $0.text(4) }
    let recipients = try connection.rows(
        "SELECT id, \(TokenRow.columns()) FROM device WHERE disabled_at IS NULL AND id IN \(placeholders(devices.count))",
        padded(devices.map { .text($0) })
    ).map { Recipient(device: DeviceID(rawValue: try $0.text(0)), token: try TokenRow.token($0, at: 1)) }
    let known = Dictionary(recipients.map { ($0.device, $0) }) { first, _ in first }
    return try zip(rows, devices).map { row, device in
        let device = DeviceID(rawValue: device)
        return Retry(
            push: PushID(rawValue: try row.text(0)), lane: try LaneRow.lane(row, at: 1), device: device,
            recipient: known[device], attempts: try row.int(5))
    }
}
