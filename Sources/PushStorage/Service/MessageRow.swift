import PushService
import WebPush

/// How a message stands in its row.
enum MessageRow {
    static let columns = "sequence, channel, urgency, expires_at, body, content_encoding, encryption, crypto_key"

    static func insert(_ message: NewMessage, _ sequence: MessageSequence, _ connection: any SQLConnection) throws {
        try connection.execute(
            "INSERT INTO message (uaid, topic, receipts, \(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                .blob(message.channel.uaid.bytes), .text(message.collapseKey?.value), .blob(message.receipts?.subscription.bytes),
                .integer(sequence.rawValue),
                .blob(message.channel.id.bytes), .text(message.urgency.rawValue), .date(message.expiresAt),
                .blob(message.content.body), .text(message.content.encoding), .text(message.content.encryption),
                .text(message.content.cryptoKey),
            ])
    }

    static func message(_ row: SQLRow, _ uaid: UAID) throws -> Message {
        guard let channel = ChannelID(bytes: try row.blob(1)), let urgency = Urgency(rawValue: try row.text(2)) else {
            throw StorageError(.corrupt, "a message names no channel or no urgency; was the database changed by hand?")
        }
        return Message(
            id: MessageID(uaid: uaid, sequence: MessageSequence(rawValue: try row.integer(0))), channel: channel,
            urgency: urgency, expiresAt: try row.date(3),
            content: MessageContent(
                body: try row.blob(4), encoding: try row.optionalText(5), encryption: try row.optionalText(6),
                cryptoKey: try row.optionalText(7)))
    }
}
