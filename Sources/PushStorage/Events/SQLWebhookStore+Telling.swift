#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
public import PushSender

extension SQLWebhookStore {
    public func claimWebhooks(owner: LeaseOwner, until: Date, limit: Int, now: Date) async throws -> [WebhookBatch] {
        let dialect = database.dialect
        // Most of the time nothing is due, and finding that out should cost no transaction.
        guard try await !database.look({ try dueWebhooks(1, now, $0, dialect, locking: false) }).isEmpty else { return [] }
        return try await database.write { connection in
            let due = try dueWebhooks(limit, now, connection, dialect, locking: true)
            return try due.compactMap { try Batching(owner, connection, dialect).begin($0, until: until) }
        }
    }

    public func settle(_ batch: WebhookBatch, _ progress: WebhookProgress, goesOnUntil until: Date?) async throws -> WebhookBatch? {
        try await database.write { [dialect = database.dialect] connection in
            guard try write(progress, batch, connection) else { return nil }
            let batching = Batching(batch.owner, connection, dialect)
            var webhook = batch.webhook
            webhook.progress = progress
            guard let until else {
                try batching.release(webhook)
                return nil
            }
            return try batching.begin(webhook, until: until)
        }
    }

    public func releaseWebhooks(of node: LeaseOwner?) async throws {
        try await database.write { connection in
            // A node's claims are called after it: `node.1`, `node.2`. A slash is what comes after a dot.
            let scope = node == nil ? "IS NOT NULL" : "BETWEEN ? AND ?"
            try connection.execute(
                "UPDATE webhook SET lease_owner = NULL, lease_until = 0 WHERE lease_owner \(scope)",
                node.map { [.text($0.rawValue + "."), .text($0.rawValue + "/")] } ?? [])
        }
    }
}

/// Webhooks that may be told something, and have something to hear or to hear again.
private func dueWebhooks(
    _ limit: Int, _ now: Date, _ connection: any SQLConnection, _ dialect: SQLDialect, locking: Bool
) throws -> [Webhook] {
    try connection.rows(
        """
        SELECT \(WebhookRow.columns) FROM webhook
        WHERE disabled_at IS NULL AND due_at <= ? AND lease_until <= ? AND EXISTS
          (SELECT 1 FROM event WHERE event.app = webhook.app
           AND (event.transaction_id, event.id) > (webhook.seen_transaction, webhook.seen_id)
           AND event.transaction_id < \(dialect.oldestTransactionID))
        ORDER BY due_at, app, id LIMIT ?\(locking ? dialect.skipLocked : "")
        """,
        [.date(now), .date(now), .integer(limit)]
    ).map(WebhookRow.webhook)
}

/// - Returns: false, with nothing written, when the webhook is no longer the owner's.
private func write(_ progress: WebhookProgress, _ batch: WebhookBatch, _ connection: any SQLConnection) throws -> Bool {
    // The end of a batch that was not taken stays: the next one who sends it sends the same.
    let isTaken = progress.position == batch.end
    return try connection.execute(
        """
        UPDATE webhook SET seen_transaction = ?, seen_id = ?, failures = ?, failing_since = ?, problem = ?, due_at = ?, disabled_at = ?
          \(isTaken ? ", end_transaction = NULL, end_id = NULL" : "")
        WHERE app = ? AND id = ? AND lease_owner = ?
        """,
        EventRow.values(progress.position) + [
            .integer(progress.failures), .date(progress.failingSince), .text(progress.problem), .date(progress.dueAt),
            .date(progress.disabledAt),
        ] + WebhookRow.key(batch.webhook.definition) + [.text(batch.owner.rawValue)]) > 0
}
