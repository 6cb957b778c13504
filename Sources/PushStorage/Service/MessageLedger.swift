import PushService

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Keeps account of messages inside one transaction: what was accepted, what ended and how, and who wants to hear of it.
struct MessageLedger {
    private let connection: any SQLConnection
    private let dialect: SQLDialect
    private let now: Date
    private var tally = MessageTally()
    /// Subscriptions that have a receipt more.
    private(set) var told: Set<ReceiptSubscription> = []

    init(_ connection: any SQLConnection, _ dialect: SQLDialect, now: Date) {
        self.connection = connection
        self.dialect = dialect
        self.now = now
    }

    mutating func accept() { tally.accepted += 1 }

    /// What a DELETE of messages must return.
    static let returning = "RETURNING uaid, sequence, receipts"

    /// - Parameter rows: of messages that were deleted, as ``returning`` has them.
    mutating func end(_ rows: [SQLRow], _ ending: MessageEnding) throws {
        tally.ended[ending, default: 0] += rows.count
        // Whoever replaces a message doesn't want to hear of it (RFC 8030 §5.4).
        guard ending != .replaced else { return }
        for row in rows {
            guard let subscription = try row.optionalBlob(2) else { continue }
            try tell(subscription, of: row, ending)
        }
    }

    private mutating func tell(_ subscription: [UInt8], of row: SQLRow, _ ending: MessageEnding) throws {
        let written = try connection.execute(
            """
            INSERT INTO delivery_receipt (subscription, uaid, sequence, ending, at)
            SELECT id, ?, ?, ?, ? FROM receipt_subscription WHERE id = ?
            """,
            [.blob(try row.blob(0)), .integer(try row.integer(1)), .text(ending.rawValue), .date(now), .blob(subscription)])
        guard written > 0 else { return }
        try connection.execute(
            "UPDATE receipt_subscription SET hook_due_at = ? WHERE id = ? AND hook_url IS NOT NULL AND hook_due_at IS NULL",
            [.date(now), .blob(subscription)])
        if let subscription = ReceiptSubscription(bytes: subscription) { told.insert(subscription) }
    }

    /// The last thing in the transaction.
    func close() throws {
        guard tally != MessageTally() else { return }
        let columns = ["accepted"] + MessageEnding.allCases.map(\.rawValue)
        try connection.execute(
            """
            INSERT INTO message_tally (writer, \(columns.joined(separator: ", ")))
            VALUES (\(dialect.writer)\(String(repeating: ", ?", count: columns.count)))
            ON CONFLICT (writer) DO UPDATE SET \(columns.map { "\($0) = message_tally.\($0) + excluded.\($0)" }.joined(separator: ", "))
            """,
            [.integer(tally.accepted)] + MessageEnding.allCases.map { .integer(tally.ended[$0] ?? 0) })
    }

    static func tally(_ connection: any SQLConnection) throws -> MessageTally {
        let columns = ["accepted"] + MessageEnding.allCases.map(\.rawValue)
        let sums = columns.map { "CAST(COALESCE(SUM(\($0)), 0) AS BIGINT)" }.joined(separator: ", ")
        guard let row = try connection.row("SELECT \(sums) FROM message_tally") else { return MessageTally() }
        let ended = try MessageEnding.allCases.enumerated().map { ($1, try row.int($0 + 1)) }
        return MessageTally(accepted: try row.int(0), ended: Dictionary(uniqueKeysWithValues: ended))
    }
}
