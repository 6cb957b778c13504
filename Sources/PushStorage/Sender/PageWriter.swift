import Foundation
import PushSender

/// Writes one page's record inside a transaction.
struct PageWriter {
    private let page: PageRecord
    private let owner: LeaseOwner
    private let connection: any SQLConnection

    init(_ page: PageRecord, _ owner: LeaseOwner, _ connection: any SQLConnection) {
        self.page = page
        self.owner = owner
        self.connection = connection
    }

    /// - Returns: false, with nothing written, when the lease is no longer the owner's.
    func write() throws -> Bool {
        guard try isHeld() else { return false }
        try moveSlice()
        try writeRetries()
        for failure in page.failures { try insert(failure) }
        for dead in page.dead { try disable(dead) }
        for moved in page.moved { try move(moved) }
        try count()
        try finishPush()
        return true
    }

    private func isHeld() throws -> Bool {
        switch page.source {
        case .slice(let slice, _, _, _):
            return try connection.row(
                "SELECT 1 FROM slice WHERE id = ? AND lease_owner = ?", [.integer(slice.id), .text(owner.rawValue)]) != nil
        case .retries:
            let devices = page.settled + page.postponed.map(\.device)
            guard !devices.isEmpty else { return true }
            let held = try connection.row(
                "SELECT COUNT(*) FROM retry WHERE push = ? AND lease_owner = ? AND device IN \(placeholders(devices.count))",
                [.text(page.push.rawValue), .text(owner.rawValue)] + devices.map { .text($0.rawValue) })
            return try held?.int(0) == devices.count
        }
    }

    private func moveSlice() throws {
        guard case .slice(let slice, let isFinished, let given, let release) = page.source else { return }
        if isFinished {
            try connection.execute("DELETE FROM slice WHERE id = ?", [.integer(slice.id)])
        } else {
            try connection.execute(
                """
                UPDATE slice SET last_shard = ?, cursor_shard = ?, cursor_device = ? WHERE id = ?
                """,
                [
                    .integer(slice.range.last), .integer(slice.cursor?.shard), .text(slice.cursor?.device.rawValue),
                    .integer(slice.id),
                ])
            if case .until(let due) = release {
                try connection.execute(
                    "UPDATE slice SET lease_owner = NULL, lease_until = ? WHERE id = ?",
                    [.date(due ?? Date(milliseconds: 0)), .integer(slice.id)])
            }
        }
        if let given { try insertSlice(page.push, page.lane, .broadcast, given, nil, connection) }
    }

    private func writeRetries() throws {
        for device in page.settled {
            try connection.execute(
                "DELETE FROM retry WHERE push = ? AND device = ?", [.text(page.push.rawValue), .text(device.rawValue)])
        }
        for retry in page.postponed {
            try connection.execute(
                """
                INSERT INTO retry (push, \(LaneRow.columns), device, attempts, due_at, lease_owner, lease_until)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (push, device) DO UPDATE
                SET attempts = excluded.attempts, due_at = excluded.due_at, lease_owner = excluded.lease_owner,
                  lease_until = excluded.lease_until
                """,
                [.text(page.push.rawValue)] + LaneRow.values(page.lane)
                    + [
                        .text(retry.device.rawValue), .integer(retry.attempts), .date(retry.dueAt),
                        .text(retry.leaseUntil == nil ? nil : owner.rawValue),
                        .date(retry.leaseUntil ?? Date(milliseconds: 0)),
                    ])
        }
    }

    private func insert(_ failure: DeliveryFailure) throws {
        try connection.execute(
            "INSERT INTO failure (push, device, kind, reason, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [
                .text(page.push.rawValue), .text(failure.device.rawValue), .text(failure.kind.rawValue),
                .text(failure.reason), .date(failure.at),
            ])
    }

    private func disable(_ dead: PageRecord.Dead) throws {
        try connection.execute(
            "UPDATE device SET disabled_at = ? WHERE id = ? AND registered_at <= ?",
            [.date(dead.asOf), .text(dead.device.rawValue), .date(dead.asOf)])
    }

    private func move(_ moved: PageRecord.Moved) throws {
        let hash = SQLValue.blob(addressHash(moved.token.address))
        try connection.execute(
            """
            UPDATE device SET address = ?, keys = ?, environment = ?, token_kind = ?, app_identifier = ?, address_hash = ?
            WHERE id = ? AND NOT EXISTS
              (SELECT 1 FROM device AS other WHERE other.app = device.app AND other.provider = device.provider
               AND other.address_hash = ? AND other.id <> device.id)
            """,
            TokenRow.values(moved.token) + [hash, .text(moved.device.rawValue), hash])
    }

    private func count() throws {
        try connection.execute(
            """
            UPDATE push SET accepted = accepted + ?, failed = failed + ?, expired = expired + ?,
              unregistered = unregistered + ?, retrying = retrying + ? WHERE id = ?
            """,
            [
                .integer(page.counters.accepted), .integer(page.counters.failed), .integer(page.counters.expired),
                .integer(page.counters.unregistered), .integer(page.counters.retrying), .text(page.push.rawValue),
            ])
    }

    /// Nothing waits any more: the push is done.
    private func finishPush() throws {
        try connection.execute(
            """
            UPDATE push SET finished_at = ? WHERE id = ? AND retrying = 0 AND finished_at IS NULL
              AND NOT EXISTS (SELECT 1 FROM slice WHERE slice.push = push.id)
            """,
            [.date(page.recordedAt), .text(page.push.rawValue)])
    }
}
