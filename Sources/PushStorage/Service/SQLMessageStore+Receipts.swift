#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
public import PushService

extension SQLMessageStore: DeliveryReceiptStore {
    public func receipts(
        of subscription: ReceiptSubscription, after place: ReceiptPlace, limit: Int
    ) async throws -> [DeliveryReceipt]? {
        try await database.read { [dialect = database.dialect] connection in
            guard try connection.row("SELECT 1 FROM receipt_subscription WHERE id = ?", [.blob(subscription.bytes)]) != nil
            else { return nil }
            return try Self.receipts(of: subscription, after: place, limit: limit, dialect, connection)
        }
    }

    private static func receipts(
        of subscription: ReceiptSubscription, after place: ReceiptPlace, limit: Int, _ dialect: SQLDialect,
        _ connection: any SQLConnection
    ) throws -> [DeliveryReceipt] {
        try connection.rows(
            """
            SELECT transaction_id, id, uaid, sequence, ending, at FROM delivery_receipt
            WHERE subscription = ? AND (transaction_id, id) > (?, ?) AND transaction_id < \(dialect.oldestTransactionID)
            ORDER BY transaction_id, id LIMIT ?
            """,
            [.blob(subscription.bytes), .integer(place.transaction), .integer(place.number), .integer(limit)]
        ).map(receipt)
    }

    private static func receipt(_ row: SQLRow) throws -> DeliveryReceipt {
        guard let uaid = UAID(bytes: try row.blob(2)), let ending = MessageEnding(rawValue: try row.text(4)) else {
            throw StorageError(.corrupt, "a receipt names no message or no ending; was the database changed by hand?")
        }
        return DeliveryReceipt(
            place: ReceiptPlace(transaction: try row.integer(0), number: try row.integer(1)),
            message: MessageID(uaid: uaid, sequence: MessageSequence(rawValue: try row.integer(3))), ending: ending,
            at: try row.date(5))
    }

    public func endReceipts(of subscription: ReceiptSubscription) async throws -> Bool {
        try await database.write { connection in
            try connection.execute("DELETE FROM receipt_subscription WHERE id = ?", [.blob(subscription.bytes)]) > 0
        }
    }

    // MARK: Hooks

    public func setHook(of subscription: ReceiptSubscription, to url: String?, now: Date) async throws -> Bool {
        try await database.write { connection in
            try connection.execute(
                """
                UPDATE receipt_subscription SET hook_url = ?, hook_due_at = NULL, hook_failures = 0, used_at = ?,
                  hook_transaction = COALESCE((SELECT MAX(transaction_id) FROM delivery_receipt WHERE subscription = ?), 0),
                  hook_number = COALESCE((SELECT MAX(id) FROM delivery_receipt WHERE subscription = ?), 0)
                WHERE id = ?
                """,
                [.text(url), .date(now)] + Array(repeating: .blob(subscription.bytes), count: 3)) > 0
        }
    }

    public func claimHooks(until: Date, limit: Int, page: Int, now: Date) async throws -> [HookedReceipts] {
        guard try await hasDueHook(now) else { return [] }
        return try await database.write { [dialect = database.dialect] connection in
            let due = try connection.rows(
                """
                SELECT id, hook_url, hook_failures, hook_transaction, hook_number FROM receipt_subscription
                WHERE hook_due_at <= ? ORDER BY hook_due_at LIMIT ?\(dialect.skipLocked)
                """,
                [.date(now), .integer(limit)])
            return try due.compactMap { row in
                guard let subscription = ReceiptSubscription(bytes: try row.blob(0)) else { return nil }
                let heard = ReceiptPlace(transaction: try row.integer(3), number: try row.integer(4))
                try connection.execute(
                    "UPDATE receipt_subscription SET hook_due_at = ? WHERE id = ?", [.date(until), .blob(subscription.bytes)])
                return HookedReceipts(
                    subscription: subscription, url: try row.text(1), failures: try row.int(2), heard: heard,
                    receipts: try Self.receipts(of: subscription, after: heard, limit: page, dialect, connection))
            }
        }
    }

    /// Most of the time nobody waits for anything, and a write would hold up those who do.
    private func hasDueHook(_ now: Date) async throws -> Bool {
        try await database.look { connection in
            try connection.row("SELECT 1 FROM receipt_subscription WHERE hook_due_at <= ? LIMIT 1", [.date(now)]) != nil
        }
    }

    public func settleHook(
        of subscription: ReceiptSubscription, heard place: ReceiptPlace, failures: Int, nextAt: Date
    ) async throws {
        try await database.write { connection in
            let id = SQLValue.blob(subscription.bytes)
            try connection.execute(
                """
                UPDATE receipt_subscription SET hook_transaction = ?, hook_number = ?, hook_failures = ?,
                  hook_due_at = CASE WHEN hook_url IS NOT NULL AND EXISTS
                    (SELECT 1 FROM delivery_receipt WHERE subscription = ? AND (transaction_id, id) > (?, ?)) THEN CAST(? AS BIGINT) END
                WHERE id = ?
                """,
                [.integer(place.transaction), .integer(place.number), .integer(failures), id, .integer(place.transaction),
                 .integer(place.number), .date(nextAt), id])
        }
    }

    // MARK: Upkeep

    public func deleteReceipts(before date: Date, limit: Int) async throws -> Int {
        try await database.maintain(.deliveryReceipts) { connection in
            let receipts = try connection.execute(
                "DELETE FROM delivery_receipt WHERE id IN (SELECT id FROM delivery_receipt WHERE at < ? ORDER BY at LIMIT ?)",
                [.date(date), .integer(limit)])
            let subscriptions = try connection.execute(
                """
                DELETE FROM receipt_subscription WHERE id IN
                  (SELECT id FROM receipt_subscription WHERE used_at < ? ORDER BY used_at LIMIT ?)
                """,
                [.date(date), .integer(limit)])
            return max(receipts, subscriptions)
        } ?? 0
    }
}
