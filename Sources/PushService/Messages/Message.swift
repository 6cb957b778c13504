#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
public import WebPush

/// What travels to the user agent: the body, encrypted as a rule, and what is needed to decrypt it. Opaque to the push service.
public struct MessageContent: Sendable, Hashable {
    public var body: [UInt8]
    /// `aes128gcm` or `aesgcm`; nil when the body is empty, or plain.
    public var encoding: String?
    /// The `Encryption` header (`salt=…`), only with `aesgcm`.
    public var encryption: String?
    /// The `Crypto-Key` header (`dh=…`), only with `aesgcm`.
    public var cryptoKey: String?

    public init(
        body: [UInt8] = [], encoding: String? = nil, encryption: String? = nil, cryptoKey: String? = nil
    ) {
        self.body = body
        self.encoding = encoding
        self.encryption = encryption
        self.cryptoKey = cryptoKey
    }

    /// Whether there is a body, and nobody has encrypted it.
    public var isPlain: Bool { encoding == nil && !body.isEmpty }
}

/// A message that was accepted from an application server and not yet numbered (RFC 8030 §5).
public struct NewMessage: Sendable, Hashable {
    public var channel: Channel
    /// Of the endpoint that it was posted to; nil when that is so old that it has none.
    public var epoch: SubscriptionEpoch?
    /// RFC 8030 `Topic`: replaces an undelivered message of the same channel with the same key.
    public var collapseKey: CollapseKey?
    public var urgency: Urgency
    /// The time to live that the service granted, which the reply reports; zero means "now or never".
    public var ttl: TTL
    public var postedAt: Date
    public var content: MessageContent
    /// Where the sender wants to hear what became of it; nil when it doesn't.
    public var receipts: ReceiptRequest?
    /// The VAPID key (65 bytes) that signed; nil when the sender didn't say who it is. Isn't kept.
    public var sender: [UInt8]?

    public init(
        channel: Channel, epoch: SubscriptionEpoch? = nil, collapseKey: CollapseKey? = nil, urgency: Urgency = .normal, ttl: TTL,
        postedAt: Date, content: MessageContent, receipts: ReceiptRequest? = nil
    ) {
        self.epoch = epoch
        self.receipts = receipts
        self.channel = channel
        self.collapseKey = collapseKey
        self.urgency = urgency
        self.ttl = ttl
        self.postedAt = postedAt
        self.content = content
    }

    /// From this moment on the message must not be delivered any more.
    public var expiresAt: Date { postedAt.addingTimeInterval(Double(ttl.seconds)) }

    /// Whether it belongs into the store; one of TTL 0 doesn't.
    public var isStorable: Bool { ttl.seconds > 0 }

    /// The same message under the number that the store gave it, or under an unstored one.
    public func numbered(_ sequence: MessageSequence) -> Message {
        Message(
            id: MessageID(uaid: channel.uaid, sequence: sequence), channel: channel.id, urgency: urgency,
            expiresAt: expiresAt, content: content)
    }
}

/// A message on its way to its user agent.
public struct Message: Sendable, Hashable {
    public var id: MessageID
    public var channel: ChannelID
    public var urgency: Urgency
    /// From this moment on it must not be delivered any more. Means nothing for an unstored message.
    public var expiresAt: Date
    public var content: MessageContent

    public init(id: MessageID, channel: ChannelID, urgency: Urgency, expiresAt: Date, content: MessageContent) {
        self.id = id
        self.channel = channel
        self.urgency = urgency
        self.expiresAt = expiresAt
        self.content = content
    }
}
