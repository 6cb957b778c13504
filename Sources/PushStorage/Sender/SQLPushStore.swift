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

    public func reach(
        of audience: Audience, app: AppID, byTimeZone: @escaping @Sendable (AppRules) -> Bool
    ) async throws -> Reach {
        try await database.look { connection in
            let rules = try AppRow.rules(app, connection)
            guard audience.tokens.isEmpty else {
                return Reach(segments: audience.rawSegments(app, byTimeZone: byTimeZone(rules)), isSure: true, rules: rules)
            }
            let found = try AudienceLanes.segments(of: audience, app, byTimeZone: byTimeZone(rules), connection)
            return Reach(segments: found.segments, isSure: found.isSure, rules: rules)
        }
    }

    public func hasDevices(_ audience: Audience, app: AppID) async throws -> Bool {
        guard audience.tokens.isEmpty else { return true }
        let now = database.now()
        return try await database.read { try AudienceCount.isAny(of: audience, app: app, asOf: now, $0) }
    }

    public func count(_ audience: Audience, app: AppID) async throws -> [ProviderName: Int] {
        guard audience.tokens.isEmpty else { return audience.tokens.reduce(into: [:]) { $0[$1.provider, default: 0] += 1 } }
        let now = database.now()
        return try await database.read { try AudienceCount.devices(of: audience, app: app, asOf: now, $0) }
    }

    public func accept(_ acceptance: Acceptance) async throws -> Accepted {
        let writer = try AcceptanceWriter(acceptance)
        return try await database.write { try writer.write($0) }
    }

    public func push(under idempotency: Idempotency, app: AppID) async throws -> Push? {
        try await database.look { try AcceptanceWriter.push(under: idempotency, app, $0) }
    }

    public func cancel(_ push: PushID, app: AppID, now: Date) async throws -> Bool {
        try await database.write { connection in
            let known = try connection.row(
                "SELECT 1 FROM push WHERE id = ? AND app = ?", [.text(push.rawValue), .integer(app.rawValue)])
            guard known != nil else { return false }
            let isOpen = try connection.execute(
                "UPDATE push SET cancelled_at = ? WHERE id = ? AND finished_at IS NULL AND cancelled_at IS NULL",
                [.date(now), .text(push.rawValue)]) > 0
            guard isOpen else { return true }
            try insertEvents([.pushCancelled(push, app: app, at: now)], connection)
            try wakeUp(push, now, connection)
            return true
        }
    }

    public func pushes(labelled label: String, app: AppID, limit: Int) async throws -> [PushID] {
        try await database.look { connection in
            try connection.rows(
                "SELECT push FROM push_label WHERE app = ? AND label = ? ORDER BY push DESC LIMIT ?",
                [.integer(app.rawValue), .text(label), .integer(limit)]
            ).map { PushID(rawValue: try $0.text(0)) }
        }
    }

    public func status(of push: PushID, app: AppID) async throws -> PushStatus? {
        let now = database.now()
        return try await database.look { connection in
            let rows = try connection.rows(
                "SELECT \(PushRow.statusColumns) FROM push WHERE id = ? AND app = ?",
                [.text(push.rawValue), .integer(app.rawValue)])
            return try PushRow.statuses(rows, now: now, connection).first
        }
    }

    public func pushes(app: AppID, before: PushID?, limit: Int) async throws -> [PushStatus] {
        let now = database.now()
        return try await database.read { connection in
            let rows = try connection.rows(
                "SELECT \(PushRow.statusColumns) FROM push WHERE app = ? AND id < ? ORDER BY id DESC LIMIT ?",
                [.integer(app.rawValue), .text(before?.rawValue ?? "~"), .integer(limit)])
            return try PushRow.statuses(rows, now: now, connection)
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

    public func waitingWork(now: Date) async throws -> [ProviderName: WaitingWork] {
        try await database.read { connection in
            var work: [ProviderName: WaitingWork] = [:]
            for (table, due) in [("slice", "lease_until"), ("retry", "due_at")] {
                let rows = try connection.rows(
                    """
                    SELECT provider, SUM(CASE WHEN lease_until <= ? AND \(due) <= ? THEN 1 ELSE 0 END),
                      SUM(CASE WHEN lease_owner IS NOT NULL AND lease_until > ? THEN 1 ELSE 0 END) FROM \(table) GROUP BY provider
                    """,
                    [.date(now), .date(now), .date(now)])
                for row in rows {
                    work[ProviderName(rawValue: try row.text(0)), default: WaitingWork()].due += try row.int(1)
                    work[ProviderName(rawValue: try row.text(0)), default: WaitingWork()].held += try row.int(2)
                }
            }
            return work
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
                RETURNING id, push, \(LaneRow.columns), first_shard, last_shard, cursor_shard, cursor_device, time_zone
                """,
                [.integer(kind.rawValue)] + LaneRow.values(claim.lane)
                    + [.date(claim.now), .integer(claim.limit), .text(claim.owner.rawValue), .date(claim.leaseUntil)]
            ).map(slice).sorted { $0.id < $1.id }
            let pushes = try PushRow.pushes(slices.map(\.push), connection)
            let rules = slices.isEmpty ? AppRules() : try AppRow.rules(claim.lane.app, connection)
            return slices.compactMap { slice in
                pushes[slice.push].map { ClaimedSlice(slice: slice, push: $0, rules: rules, owner: claim.owner) }
            }
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
            guard !claimed.isEmpty else { return ClaimedRetries(retries: [], pushes: [:], owner: claim.owner) }
            let pushes = try PushRow.pushes(try claimed.map { PushID(rawValue: try $0.text(0)) }, connection)
            return ClaimedRetries(
                retries: try retries(claimed, pushes, connection), pushes: pushes, rules: try AppRow.rules(claim.lane.app, connection),
                owner: claim.owner)
        }
    }

    public func hasten(app: AppID, provider: ProviderName, now: Date) async throws {
        try await database.write { connection in
            for (table, due) in [("slice", "lease_until"), ("retry", "due_at")] {
                try connection.execute(
                    """
                    UPDATE \(table) SET \(due) = CASE WHEN not_before > ? THEN not_before ELSE ? END
                    WHERE app = ? AND provider = ? AND lease_owner IS NULL AND \(due) > ?
                    """,
                    [.date(now), .date(now), .integer(app.rawValue), .text(provider.rawValue), .date(now)])
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

    public func deleteOutdated(requestsBefore requests: Date, now: Date, limit: Int) async throws -> Int {
        try await database.maintain(.outdated) { connection in
            let keys = try connection.execute(
                """
                DELETE FROM idempotency WHERE (app, key) IN
                  (SELECT app, key FROM idempotency AS i WHERE created_at < ?
                     AND NOT EXISTS (SELECT 1 FROM push AS p WHERE p.id = i.push AND p.finished_at IS NULL)
                   ORDER BY created_at LIMIT ?)
                """,
                [.date(requests), .integer(limit)])
            let sends = try connection.execute(
                """
                DELETE FROM frequency WHERE (app, name, subject, push) IN
                  (SELECT app, name, subject, push FROM frequency WHERE ends_at <= ? ORDER BY ends_at LIMIT ?)
                """,
                [.date(now), .integer(limit)])
            return keys + sends
        } ?? 0
    }

    // MARK: Pages

    public func page(of slice: Slice, push: Push, withProfiles: Bool, limit: Int) async throws -> [Recipient] {
        guard push.audience.tokens.isEmpty else { return push.audience.rawRecipients(of: slice, limit: limit) }
        let query = AudienceQuery(
            push.audience, slice: slice, app: push.app, limit: limit, asOf: push.createdAt,
            columns: RecipientRow.columns(withProfiles: withProfiles))
        let read: @Sendable (any SQLConnection) throws -> [Recipient] = { connection in
            let recipients = try connection.rows(query.sql, query.arguments).map {
                try RecipientRow.recipient($0, withProfile: withProfiles)
            }
            return withProfiles ? try RecipientRow.withUsers(recipients, app: push.app, connection) : recipients
        }
        return try await push.audience.isDirect ? database.look(read) : database.read(read)
    }

    public func left(of slice: Slice, push: Push) async throws -> Int {
        guard push.audience.tokens.isEmpty else { return push.audience.rawRecipients(of: slice, limit: .max).count }
        return try await database.read { try AudienceCount.left(of: slice, push.audience, app: push.app, asOf: push.createdAt, $0) }
    }

    public func reserve(_ push: Push, for recipients: [Recipient], now: Date) async throws -> [FrequencyVerdict] {
        try await database.write { [dialect = database.dialect] connection in
            try FrequencyWriter(push, now, connection, dialect).reserve(recipients)
        }
    }

    public func record(_ page: PageRecord, owner: LeaseOwner) async throws -> PageFate {
        try await database.write { [dialect = database.dialect] connection in
            try PageWriter(page, owner, connection, dialect).write()
        }
    }
}

// MARK: Statements

/// What waits of a push, and is held by nobody, is due now, whatever it waited for.
func wakeUp(_ push: PushID, _ now: Date, _ connection: any SQLConnection) throws {
    for (table, due) in [("slice", "lease_until"), ("retry", "due_at")] {
        try connection.execute(
            "UPDATE \(table) SET \(due) = ?, not_before = 0 WHERE push = ? AND lease_owner IS NULL AND \(due) > ?",
            [.date(now), .text(push.rawValue), .date(now)])
    }
}

private func slice(_ row: SQLRow) throws -> Slice {
    let cursor = try row.optionalInt(7).map { shard in
        DeviceCursor(shard: shard, device: DeviceID(rawValue: try row.text(8)))
    }
    return Slice(
        id: try row.integer(0), push: PushID(rawValue: try row.text(1)), lane: try LaneRow.lane(row, at: 2),
        timeZone: try row.optionalText(9), range: ShardRange(first: try row.int(5), last: try row.int(6)), cursor: cursor)
}

/// Retries as they were claimed, with where to send them now.
private func retries(_ rows: [SQLRow], _ pushes: [PushID: Push], _ connection: any SQLConnection) throws -> [Retry] {
    let known = try registered(rows, connection)
    return try rows.map { row in
        let (push, device) = (PushID(rawValue: try row.text(0)), DeviceID(rawValue: try row.text(4)))
        return Retry(
            push: push, lane: try LaneRow.lane(row, at: 1), device: device,
            recipient: known[device] ?? pushes[push]?.audience.rawRecipient(device), attempts: try row.int(5))
    }
}

private func registered(_ rows: [SQLRow], _ connection: any SQLConnection) throws -> [DeviceID: Recipient] {
    let devices = try rows.map { SQLValue.text(try $0.text(4)) }
    let recipients = try connection.rows(
        """
        SELECT d.id, \(RecipientRow.columns(withProfiles: true)) FROM device AS d WHERE disabled_at IS NULL AND id IN
        \(placeholders(devices.count))
        """,
        padded(devices)
    ).map { try RecipientRow.recipient($0, withProfile: true) }
    guard let app = try rows.first.map({ AppID(rawValue: try $0.integer(1)) }) else { return [:] }
    return Dictionary(try RecipientRow.withUsers(recipients, app: app, connection).map { ($0.device, $0) }) { first, _ in first }
}
