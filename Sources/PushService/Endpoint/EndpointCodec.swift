import Crypto

/// Makes the URLs of the push service and reads them back. Each one is a capability: whoever has it may use it.
public struct EndpointCodec: Sendable {
    /// Scheme, host and port of every endpoint, and the audience that VAPID tokens must name: `https://push.example`,
    /// lower case, without a default port and without a trailing slash.
    public let origin: String
    private let sealer: CapabilitySealer

    public init(origin: String, sealer: CapabilitySealer) {
        self.origin = origin
        self.sealer = sealer
    }

    /// The URL to which application servers post for this channel.
    /// - Parameters:
    ///   - epoch: of its registration.
    ///   - vapidKey: the raw public key (65 bytes) of the only application server that may use it (RFC 8292 §4).
    public func endpoint(for channel: Channel, of epoch: SubscriptionEpoch, restrictedTo vapidKey: [UInt8]? = nil) -> String {
        let content = channel.uaid.bytes + channel.id.bytes + epoch.rawValue.bigEndianBytes
        guard let vapidKey else { return "\(origin)/wpush/v1/\(sealer.seal(content, for: .open))" }
        let restricted = content + Array(SHA256.hash(data: vapidKey))
        return "\(origin)/wpush/v2/\(sealer.seal(restricted, for: .restricted))"
    }

    /// What the last two parts of an endpoint's path mean; nil unless this service made them.
    /// - Parameter version: `v1` or `v2`. The old form `/wpush/{token}` is `v1`.
    public func endpoint(version: some StringProtocol, token: some StringProtocol) -> Endpoint? {
        switch version {
        case "v1": sealer.open(token, for: .open).flatMap { Endpoint($0, keyHashBytes: 0) }
        case "v2": sealer.open(token, for: .restricted).flatMap { Endpoint($0, keyHashBytes: SHA256.byteCount) }
        default: nil
        }
    }

    /// The same of a whole URL; a query is passed over.
    public func endpoint(url: some StringProtocol) -> Endpoint? {
        let start = origin + Self.endpointPath
        guard url.hasPrefix(start) else { return nil }
        let parts = url.dropFirst(start.count).prefix { $0 != "?" }.split(separator: "/", omittingEmptySubsequences: false)
        switch parts.count {
        case 1: return endpoint(version: "v1", token: parts[0])
        case 2: return endpoint(version: parts[0], token: parts[1])
        default: return nil
        }
    }

    /// Whether a URL looks as if it had come from here.
    public func isOwn(_ url: some StringProtocol) -> Bool { url.hasPrefix(origin + "/") }

    private static let endpointPath = "/wpush/"

    /// The message resource (RFC 8030 §5): deleting it withdraws the message.
    public func location(of message: MessageID) -> String { "\(origin)/m/\(token(for: message))" }

    /// The sealed id of a message: the same every time, so that a user agent can tell a repeat. The last part of its
    /// location, and its `version` on the WebSocket.
    public func token(for message: MessageID) -> String {
        sealer.seal(message.uaid.bytes + message.sequence.rawValue.bigEndianBytes, for: .message)
    }

    /// Where receipts are read (RFC 8030 §5.1).
    public func location(of receipts: ReceiptSubscription) -> String {
        "\(origin)\(Self.receiptPath)\(sealer.seal(receipts.bytes, for: .receipts))"
    }

    /// The receipt subscription that the last part of its location names; nil unless this service made it.
    public func receipts(token: some StringProtocol) -> ReceiptSubscription? {
        sealer.open(token, for: .receipts).flatMap { ReceiptSubscription(bytes: $0) }
    }

    /// The same, for the whole location.
    func receipts(location: some StringProtocol) -> ReceiptSubscription? {
        let start = origin + Self.receiptPath
        guard location.hasPrefix(start) else { return nil }
        return receipts(token: location.dropFirst(start.count))
    }

    private static let receiptPath = "/receipts/"

    /// The message that a sealed id names; nil unless this service made it.
    public func message(token: some StringProtocol) -> MessageID? {
        guard let content = sealer.open(token, for: .message), content.count == 24,
            let uaid = UAID(bytes: content.prefix(16))
        else { return nil }
        return MessageID(uaid: uaid, sequence: MessageSequence(rawValue: Int64(bigEndianBytes: content.suffix(8))))
    }
}

/// What an endpoint URL stands for.
public struct Endpoint: Sendable, Hashable {
    public let channel: Channel
    /// Nil in an endpoint that was made before there were epochs: it is of whichever registration there is.
    public let epoch: SubscriptionEpoch?
    /// SHA-256 of the raw VAPID key that this endpoint is restricted to; nil when anybody may post.
    public let keyHash: [UInt8]?

    fileprivate init?(_ content: [UInt8], keyHashBytes: Int) {
        let epochBytes = content.count - 32 - keyHashBytes
        guard [0, 8].contains(epochBytes), let uaid = UAID(bytes: content[0..<16]), let channel = ChannelID(bytes: content[16..<32])
        else { return nil }
        self.channel = Channel(uaid: uaid, id: channel)
        epoch = epochBytes == 0 ? nil : SubscriptionEpoch(rawValue: Int64(bigEndianBytes: content[32..<40]))
        keyHash = keyHashBytes == 0 ? nil : Array(content[(32 + epochBytes)...])
    }
}

extension CapabilitySealer.Purpose {
    fileprivate static let open = Self("endpoint v1")
    fileprivate static let restricted = Self("endpoint v2")
    fileprivate static let message = Self("message")
    fileprivate static let receipts = Self("receipts")
}

extension Int64 {
    fileprivate var bigEndianBytes: [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: self >> Int64(56 - 8 * $0)) } }

    fileprivate init(bigEndianBytes bytes: some Collection<UInt8>) { self = bytes.reduce(0) { $0 << 8 | Int64($1) } }
}
