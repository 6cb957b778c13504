#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import PushSender

/// Cuts what a webhook is told into batches, inside a transaction.
struct Batching {
    private let owner: LeaseOwner
    private let connection: any SQLConnection
    private let dialect: SQLDialect

    /// Events that are read at once, of which the webhook may want few.
    private static let pageRows = 500
    /// One that wants few of many must not keep the database for long: it reads on at its next turn.
    private static let pageLimit = 10

    init(_ owner: LeaseOwner, _ connection: any SQLConnection, _ dialect: SQLDialect) {
        self.owner = owner
        self.connection = connection
        self.dialect = dialect
    }

    /// Makes the webhook the owner's, with its next batch.
    /// - Returns: nil when there is nothing for it; it is nobody's then, and has moved over what it doesn't want.
    func begin(_ webhook: Webhook, until: Date) throws -> WebhookBatch? {
        let begun = try begunEnd(of: webhook)
        var position = webhook.progress.position
        for _ in 0..<Self.pageLimit {
            let page = try EventRow.read(
                app: webhook.definition.app, after: position, through: begun, rows: Self.pageRows, connection, dialect)
            let filter = EventFilter(kinds: webhook.definition.kinds)
            let wanted = Array(page.lazy.filter(filter.lets).prefix(WebhookBatch.eventLimit))
            if let last = wanted.last {
                return try take(webhook, wanted, end: begun ?? last.position, from: position, until)
            }
            guard let last = page.last else { break }
            position = last.position
        }
        try move(webhook, to: position)
        return nil
    }

    /// Where the batch ends that somebody has begun to send.
    private func begunEnd(of webhook: Webhook) throws -> EventPosition? {
        let row = try connection.row(
            "SELECT end_transaction, end_id FROM webhook WHERE app = ? AND id = ? AND end_id IS NOT NULL",
            WebhookRow.key(webhook.definition))
        return try row.map { try EventRow.position($0, at: 0) }
    }

    private func take(
        _ webhook: Webhook, _ events: [Event], end: EventPosition, from position: EventPosition, _ until: Date
    ) throws -> WebhookBatch {
        try connection.execute(
            """
            UPDATE webhook SET seen_transaction = ?, seen_id = ?, end_transaction = ?, end_id = ?, lease_owner = ?, lease_until = ?
            WHERE app = ? AND id = ?
            """,
            EventRow.values(position) + EventRow.values(end) + [.text(owner.rawValue), .date(until)]
                + WebhookRow.key(webhook.definition))
        var webhook = webhook
        webhook.progress.position = position
        return WebhookBatch(webhook: webhook, events: events, end: end, owner: owner)
    }

    private func move(_ webhook: Webhook, to position: EventPosition) throws {
        try connection.execute(
            """
            UPDATE webhook SET seen_transaction = ?, seen_id = ?, end_transaction = NULL, end_id = NULL, lease_owner = NULL, lease_until = 0
            WHERE app = ? AND id = ?
            """,
            EventRow.values(position) + WebhookRow.key(webhook.definition))
    }

    func release(_ webhook: Webhook) throws {
        try connection.execute(
            "UPDATE webhook SET lease_owner = NULL, lease_until = 0 WHERE app = ? AND id = ?",
            WebhookRow.key(webhook.definition))
    }
}
