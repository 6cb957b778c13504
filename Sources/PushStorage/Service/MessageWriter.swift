import PushService
import WebPush

/// Stores one message inside a transaction: numbers it, replaces what it replaces, makes room.
struct MessageWriter {
    let connection: any SQLConnection
    let backlogLimit: Int

    func store(_ message: NewMessage, _ ledger: inout MessageLedger) throws -> StoreResult {
        guard try hasReceipts(message) else { return .receiptsGone }
        guard let place = try takeNumber(message) else { return .channelGone }
        if let bridge = place.bridge { return .bridged(place.sequence, bridge) }
        if let request = message.receipts { try keep(request, message) }
        try endReplaced(by: message, &ledger)
        try MessageRow.insert(message, place.sequence, connection)
        ledger.accept()
        return .stored(place.sequence, pushedOut: try makeRoom(message.channel.uaid, place, &ledger), node: place.node)
    }

    // MARK: Receipts

    private func hasReceipts(_ message: NewMessage) throws -> Bool {
        guard case .known(let subscription)? = message.receipts else { return true }
        return try connection.row("SELECT 1 FROM receipt_subscription WHERE id = ?", [.blob(subscription.bytes)]) != nil
    }

    private func keep(_ request: ReceiptRequest, _ message: NewMessage) throws {
        try connection.execute(
            """
            INSERT INTO receipt_subscription (id, used_at) VALUES (?, ?)
            ON CONFLICT (id) DO UPDATE SET used_at = excluded.used_at WHERE receipt_subscription.used_at < excluded.used_at - ?
            """,
            [.blob(request.subscription.bytes), .date(message.postedAt), .integer(Self.useResolutionMilliseconds)])
    }

    /// A subscription in use isn't written anew for each message.
    private static let useResolutionMilliseconds = 3_600_000

    // MARK: The message

    private struct Place {
        let sequence: MessageSequence
        let node: NodeID?
        /// The oldest message that is kept.
        let oldest: Int64?
        let bridge: BridgeAddress?
    }

    /// Locks the user agent's row: its numbers are given in the order of the commits.
    private func takeNumber(_ message: NewMessage) throws -> Place? {
        let epoch = message.epoch.map { SQLValue.integer($0.rawValue) }
        return try connection.row(
            """
            UPDATE user_agent SET next_sequence = next_sequence + 1
            WHERE uaid = ? AND EXISTS (SELECT 1 FROM channel WHERE uaid = ? AND channel = ?\(epoch == nil ? "" : " AND created_at = ?"))
            RETURNING next_sequence - 1, node, (SELECT MIN(sequence) FROM message WHERE message.uaid = user_agent.uaid),
              bridge, bridge_app, bridge_token
            """,
            [.blob(message.channel.uaid.bytes)] + message.channel.arguments + (epoch.map { [$0] } ?? [])
        ).map { row in
            Place(
                sequence: MessageSequence(rawValue: try row.integer(0)),
                node: try row.optionalText(1).map(NodeID.init(rawValue:)), oldest: try row.optionalInt(2).map(Int64.init),
                bridge: try BridgeAddress(row, from: 3))
        }
    }

    private func endReplaced(by message: NewMessage, _ ledger: inout MessageLedger) throws {
        guard let key = message.collapseKey else { return }
        try ledger.end(
            connection.rows(
                "DELETE FROM message WHERE uaid = ? AND channel = ? AND topic = ? \(MessageLedger.returning)",
                message.channel.arguments + [.text(key.value)]), .replaced)
    }

    /// - Returns: how many of the oldest messages had to go.
    private func makeRoom(_ uaid: UAID, _ place: Place, _ ledger: inout MessageLedger) throws -> Int {
        // Numbers have no gaps but where messages are gone: the span from the oldest bounds the count without counting.
        guard let oldest = place.oldest, place.sequence.rawValue - oldest >= backlogLimit else { return 0 }
        let kept = try connection.row("SELECT COUNT(*) FROM message WHERE uaid = ?", [.blob(uaid.bytes)])?.int(0) ?? 0
        guard kept > backlogLimit else { return 0 }
        let pushedOut = try connection.rows(
            """
            DELETE FROM message WHERE uaid = ? AND sequence IN
              (SELECT sequence FROM message WHERE uaid = ? ORDER BY sequence LIMIT ?) \(MessageLedger.returning)
            """,
            [.blob(uaid.bytes), .blob(uaid.bytes), .integer(kept - backlogLimit)])
        try ledger.end(pushedOut, .dropped)
        return pushedOut.count
    }
}
