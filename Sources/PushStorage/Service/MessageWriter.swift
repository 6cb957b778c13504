import PushService
import WebPush

/// Stores one message inside a transaction: numbers it, replaces what it replaces, makes room.
struct MessageWriter {
    let connection: any SQLConnection
    let backlogLimit: Int

    func store(_ message: NewMessage) throws -> StoreResult {
        guard let place = try takeNumber(message.channel) else { return .channelGone }
        try deleteReplaced(by: message)
        try MessageRow.insert(message, place.sequence, connection)
        return .stored(place.sequence, pushedOut: try makeRoom(message.channel.uaid, place), node: place.node)
    }

    private struct Place {
        let sequence: MessageSequence
        let node: NodeID?
        /// The oldest message that is kept.
        let oldest: Int64?
    }

    /// Locks the user agent's row: its numbers are given in the order of the commits.
    private func takeNumber(_ channel: Channel) throws -> Place? {
        try connection.row(
            """
            UPDATE user_agent SET next_sequence = next_sequence + 1
            WHERE uaid = ? AND EXISTS (SELECT 1 FROM channel WHERE uaid = ? AND channel = ?)
            RETURNING next_sequence - 1, node, (SELECT MIN(sequence) FROM message WHERE message.uaid = user_agent.uaid)
            """,
            [.blob(channel.uaid.bytes)] + channel.arguments
        ).map { row in
            Place(
                sequence: MessageSequence(rawValue: try row.integer(0)),
                node: try row.optionalText(1).map(NodeID.init(rawValue:)), oldest: try row.optionalInt(2).map(Int64.init))
        }
    }

    private func deleteReplaced(by message: NewMessage) throws {
        guard let key = message.collapseKey else { return }
        try connection.execute(
            "DELETE FROM message WHERE uaid = ? AND channel = ? AND topic = ?", message.channel.arguments + [.text(key.value)])
    }

    /// - Returns: how many of the oldest messages had to go.
    private func makeRoom(_ uaid: UAID, _ place: Place) throws -> Int {
        // Numbers have no gaps but where messages are gone: the span from the oldest bounds the count without counting.
        guard let oldest = place.oldest, place.sequence.rawValue - oldest >= backlogLimit else { return 0 }
        let kept = try connection.row("SELECT COUNT(*) FROM message WHERE uaid = ?", [.blob(uaid.bytes)])?.int(0) ?? 0
        guard kept > backlogLimit else { return 0 }
        return try connection.execute(
            """
            DELETE FROM message WHERE uaid = ? AND sequence IN
              (SELECT sequence FROM message WHERE uaid = ? ORDER BY sequence LIMIT ?)
            """,
            [.blob(uaid.bytes), .blob(uaid.bytes), .integer(kept - backlogLimit)])
    }
}
