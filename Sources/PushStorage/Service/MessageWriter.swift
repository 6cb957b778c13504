import PushService
import WebPush

/// Stores one message inside a transaction: numbers it, replaces what it replaces, makes room.
struct MessageWriter {
    let connection: any SQLConnection
    let backlogLimit: Int

    func store(_ message: NewMessage) throws -> StoreResult {
        guard try isRegistered(message.channel), let sequence = try takeNumber(message.channel.uaid) else {
            return .channelGone
        }
        try deleteReplaced(by: message)
        try MessageRow.insert(message, sequence, connection)
        return .stored(sequence, pushedOut: try makeRoom(message.channel.uaid, newest: sequence))
    }

    private func isRegistered(_ channel: Channel) throws -> Bool {
        try connection.row("SELECT 1 FROM channel WHERE uaid = ? AND channel = ?", channel.arguments) != nil
    }

    private func takeNumber(_ uaid: UAID) throws -> MessageSequence? {
        try connection.row(
            "UPDATE user_agent SET next_sequence = next_sequence + 1 WHERE uaid = ? RETURNING next_sequence - 1",
            [.blob(uaid.bytes)]
        ).map { MessageSequence(rawValue: try $0.integer(0)) }
    }

    private func deleteReplaced(by message: NewMessage) throws {
        guard let key = message.collapseKey else { return }
        try connection.execute(
            "DELETE FROM message WHERE uaid = ? AND channel = ? AND topic = ?", message.channel.arguments + [.text(key.value)])
    }

    /// - Returns: how many of the oldest messages had to go.
    private func makeRoom(_ uaid: UAID, newest: MessageSequence) throws -> Int {
        // Numbers have no gaps but where messages are gone: the span from the oldest bounds the count without counting.
        let oldest = try connection.row("SELECT MIN(sequence) FROM message WHERE uaid = ?", [.blob(uaid.bytes)])
        guard let oldest = try oldest?.integer(0), newest.rawValue - oldest >= backlogLimit else { return 0 }
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
