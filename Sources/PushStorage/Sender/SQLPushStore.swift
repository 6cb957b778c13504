#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
public import PushSender

/// Pushes, slices, retries and failures in a database.
public struct SQLPushStore: PushStore {
    let database: any SQLDatabase

    public init(_ database: SQLiteDatabase) { self.database = database }

    // MARK: Accepting and asking

    public func accept(_ push: Push, providers: [ProviderName]) async throws {
        try await database.write { connection in
            try refuseUnknownDevices(push, connection)
            try PushRow.insert(push, slices: providers.count, connection)
            for provider in providers { try insertSlice(push.id, provider, push.audience.kind, .all, connection) }
        }
    }

    public func status(of push: PushID, app: AppID) async throws -> PushStatus? {
        try await database.read { connection in
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

    public func claimSlices(_ kind: SliceKind, _ claim: Claim) async throws -> [ClaimedSlice] {
        // Most looks find nothing: they need not wait for the writer.
        guard try await isAnySliceFree(kind, claim) else { return [] }
        return try await database.write { connection in
            let slices = try connection.rows(
                """
                UPDATE slice SET lease_owner = ?, lease_until = ? WHERE id IN
                  (SELECT id FROM slice WHERE kind = ? AND lease_until <= ? ORDER BY lease_until, id LIMIT ?)
                RETURNING id, push, provider, first_shard, last_shard, cursor_shard, cursor_device
                """,
                [
                    .text(claim.owner.rawValue), .date(claim.leaseUntil), .integer(kind.rawValue), .date(claim.now),
                    .integer(claim.limit),
                ]
            ).map(slice).sorted { $0.id < $1.id }
            let pushes = try PushRow.pushes(slices.map(\.push), connection)
            return slices.compactMap { slice in pushes[slice.push].map { ClaimedSlice(slice: slice, push: $0) } }
        }
    }

    private func isAnySliceFree(_ kind: SliceKind, _ claim: Claim) async throws -> Bool {
        try await database.read { connection in
            try connection.row(
                "SELECT 1 FROM slice WHERE kind = ? AND lease_until <= ? LIMIT 1",
                [.integer(kind.rawValue), .date(claim.now)]) != nil
        }
    }

    public func claimRetries(_ claim: Claim) async throws -> ClaimedRetries {
        guard try await isAnyRetryDue(claim) else { return ClaimedRetries(retries: [], pushes: [:]) }
        return try await database.write { connection in
            let claimed = try connection.rows(
                """
                UPDATE retry SET lease_owner = ?, lease_until = ? WHERE (push, device) IN
                  (SELECT push, device FROM retry WHERE due_at <= ? AND lease_until <= ? ORDER BY due_at LIMIT ?)
                RETURNING push, provider, device, attempts
                """,
                [
                    .text(claim.owner.rawValue), .date(claim.leaseUntil), .date(claim.now), .date(claim.now),
                    .integer(claim.limit),
                ])
            let retries = try claimed.map { try retry($0, connection) }
            return ClaimedRetries(retries: retries, pushes: try PushRow.pushes(retries.map(\.push), connection))
        }
    }

    private func isAnyRetryDue(_ claim: Claim) async throws -> Bool {
        try await database.read { connection in
            try connection.row(
                "SELECT 1 FROM retry WHERE due_at <= ? AND lease_until <= ? LIMIT 1",
                [.date(claim.now), .date(claim.now)]) != nil
        }
    }

    public func renewLeases(owner: LeaseOwner, until: Date) async throws {
        try await database.write { connection in
            for table in ["slice", "retry"] {
                try connection.execute(
                    "UPDATE \(table) SET lease_until = ? WHERE lease_owner = ?", [.date(until), .text(owner.rawValue)])
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

    // MARK: Pages

    public func page(of slice: Slice, audience: Audience, app: AppID, limit: Int) async throws -> [Recipient] {
        let query = AudienceQuery(audience, slice: slice, app: app, limit: limit)
        return try await database.read { connection in
            try connection.rows(query.sql, query.arguments).map { row in
                Recipient(
                    device: DeviceID(rawValue: try row.text(1)),
                    token: Token(address: try row.text(2), keys: try row.blob(3)))
            }
        }
    }

    public func record(_ page: PageRecord, owner: LeaseOwner) async throws -> Bool {
        try await database.write { connection in try PageWriter(page, owner, connection).write() }
    }
}

// MARK: Statements

extension Audience {
    fileprivate var kind: SliceKind { isDirect ? .direct : .broadcast }
}

func insertSlice(
    _ push: PushID, _ provider: ProviderName, _ kind: SliceKind, _ range: ShardRange, _ connection: any SQLConnection
) throws {
    try connection.execute(
        "INSERT INTO slice (push, provider, kind, first_shard, last_shard) VALUES (?, ?, ?, ?, ?)",
        [
            .text(push.rawValue), .text(provider.rawValue), .integer(kind.rawValue), .integer(range.first),
            .integer(range.last),
        ])
}

private func refuseUnknownDevices(_ push: Push, _ connection: any SQLConnection) throws {
    let ids = push.audience.devices
    guard !ids.isEmpty else { return }
    let known = try connection.rows(
        "SELECT id FROM device WHERE app = ? AND id IN \(placeholders(ids.count))",
        [.integer(push.app.rawValue)] + ids.map { .text($0.rawValue) }
    ).map { try $0.text(0) }
    let unknown = Set(known)
    guard let index = ids.firstIndex(where: { !unknown.contains($0.rawValue) }) else { return }
    throw PushProblem(
        .unknownDevice, field: "audience.devices[\(index)]",
        "there is no device \(ids[index].rawValue); GET /v1/devices lists them")
}

private func slice(_ row: SQLRow) throws -> Slice {
    let cursor = try row.optionalInt(5).map { shard in
        DeviceCursor(shard: shard, device: DeviceID(rawValue: try row.text(6)))
    }
    return Slice(
        id: try row.integer(0), push: PushID(rawValue: try row.text(1)),
        provider: ProviderName(rawValue: try row.text(2)),
        range: ShardRange(first: try row.int(3), last: try row.int(4)), cursor: cursor)
}

private func retry(_ row: SQLRow, _ connection: any SQLConnection) throws -> Retry {
    let device = DeviceID(rawValue: try row.text(2))
    let recipient = try connection.row(
        "SELECT address, keys FROM device WHERE id = ? AND disabled_at IS NULL", [.text(device.rawValue)]
    ).map { Recipient(device: device, token: Token(address: try $0.text(0), keys: try $0.blob(1))) }
    return Retry(
        push: PushID(rawValue: try row.text(0)), provider: ProviderName(rawValue: try row.text(1)), device: device,
        recipient: recipient, attempts: try row.int(3))
}
