import JWS
import WebPush

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What one node tells another about a user agent. All of it may be lost: what counts is in the store.
public enum NodeNews: Sendable, Hashable {
    /// A message of that number was stored for a user agent that was last connected to you.
    case stored(UAID, MessageSequence)
    /// The user agent has a connection of that number to me: older ones must go.
    case connected(UAID, ConnectionNumber)
    /// A message of TTL 0, which exists nowhere else.
    case unstored(Message)
}

/// The port to other nodes.
public protocol NodeMail: Sendable {
    /// Never waits, never fails, and may lose what it carries.
    func send(_ news: NodeNews, to node: NodeID)
}

/// Where there are no other nodes.
public struct NoMail: NodeMail {
    public init() {}
    public func send(_ news: NodeNews, to node: NodeID) {}
}

// MARK: - As text

extension NodeNews {
    /// One line: a letter, and what belongs to it.
    public var line: String {
        switch self {
        case .stored(let uaid, let sequence): "m \(uaid.text) \(sequence.rawValue)"
        case .connected(let uaid, let number): "c \(uaid.text) \(number.rawValue)"
        case .unstored(let message): "u " + ((try? UnstoredLine(message).text()) ?? "")
        }
    }

    /// Nil for what isn't understood: nodes of several versions live side by side during an upgrade.
    public init?(line: some StringProtocol) {
        let parts = line.split(separator: " ", omittingEmptySubsequences: false)
        switch (parts.first, parts.count) {
        case ("m", 3):
            guard let uaid = UAID(parts[1]), let number = Int64(parts[2]), number > 0 else { return nil }
            self = .stored(uaid, MessageSequence(rawValue: number))
        case ("c", 3):
            guard let uaid = UAID(parts[1]), let number = Int64(parts[2]), number >= 0 else { return nil }
            self = .connected(uaid, ConnectionNumber(rawValue: number))
        case ("u", 2):
            guard let message = UnstoredLine(text: parts[1])?.message else { return nil }
            self = .unstored(message)
        default:
            return nil
        }
    }
}

/// A message of TTL 0 between two nodes.
private struct UnstoredLine: Codable {
    let uaid: String
    let sequence: Int64
    let channel: String
    let urgency: String
    let body: String
    let encoding: String?
    let encryption: String?
    let cryptoKey: String?

    init(_ message: Message) {
        uaid = message.id.uaid.text
        sequence = message.id.sequence.rawValue
        channel = message.channel.text
        urgency = message.urgency.rawValue
        body = Base64URL.encode(message.content.body)
        encoding = message.content.encoding
        encryption = message.content.encryption
        cryptoKey = message.content.cryptoKey
    }

    init?(text: some StringProtocol) {
        guard let parsed = try? JSONDecoder().decode(Self.self, from: Data(text.utf8)) else { return nil }
        self = parsed
    }

    /// Without spaces: header values have theirs escaped.
    func text() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self).replacing(" ", with: "\\u0020")
    }

    var message: Message? {
        guard let uaid = UAID(uaid), sequence < 0, let channel = ChannelID(channel), let urgency = Urgency(rawValue: urgency),
            let body = Base64URL.decode(body)
        else { return nil }
        return Message(
            id: MessageID(uaid: uaid, sequence: MessageSequence(rawValue: sequence)), channel: channel, urgency: urgency,
            // Means nothing for an unstored message.
            expiresAt: Date(timeIntervalSince1970: 0),
            content: MessageContent(body: body, encoding: encoding, encryption: encryption, cryptoKey: cryptoKey))
    }
}
