#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
public import WebPush

/// The door of the push service: says which posts become messages, without asking the store anything.
///
/// What it cannot know is whether the channel is still registered; ``MessageStore/store(_:backlogLimit:)`` answers that.
public struct MessageIntake: Sendable {
    private let codec: EndpointCodec
    private let limits: PushServiceLimits
    private let tokens: VAPIDVerifier
    private let newReceipts: @Sendable () -> ReceiptSubscription
    private let ended: EndedEndpoints

    /// - Parameters:
    ///   - ended: endpoints that need not be asked about; whoever asks the store adds to them.
    ///   - newReceipts: makes a random one.
    public init(
        codec: EndpointCodec, limits: PushServiceLimits = .init(), ended: EndedEndpoints = EndedEndpoints(capacity: 2),
        newReceipts: @escaping @Sendable () -> ReceiptSubscription = Self.random
    ) {
        self.ended = ended
        self.newReceipts = newReceipts
        self.codec = codec
        self.limits = limits
        tokens = VAPIDVerifier(audience: codec.origin, capacity: limits.verifiedTokens)
    }

    /// The message that a post asks for. The checks come in the order of Mozilla's service, and the first that fails speaks.
    public func message(of request: MessageRequest, now: Date) throws(EndpointRefusal) -> NewMessage {
        guard let endpoint = codec.endpoint(version: request.version, token: request.token) else {
            throw .unknownEndpoint
        }
        guard !ended.contains(endpoint) else { throw .endpointGone(cacheSeconds: limits.goneCacheSeconds) }
        let post = try post(
            request, restrictedTo: endpoint.keyHash, limitBytes: limits.bodyBytes, takesPlain: limits.takesPlainBodies, now: now)
        let receipts = post.ttl.seconds > 0 ? try receipts(request.headers) : nil
        var message = NewMessage(
            channel: endpoint.channel, epoch: endpoint.epoch, collapseKey: post.collapseKey, urgency: post.urgency, ttl: post.ttl,
            postedAt: now, content: post.content, receipts: receipts)
        message.sender = post.sender
        return message
    }

    /// What a post says, whatever it is posted to.
    /// - Parameters:
    ///   - keyHash: SHA-256 of the only VAPID key that may post; nil: any, or none.
    ///   - limitBytes: the largest body.
    ///   - takesPlain: whether a body that claims no encoding is one.
    public func post(
        _ request: MessageRequest, restrictedTo keyHash: [UInt8]?, limitBytes: Int = .max, takesPlain: Bool = false, now: Date
    ) throws(EndpointRefusal) -> MessagePost {
        let headers = request.headers
        let sender = try tokens.sender(of: headers, restrictedTo: keyHash, now: now)
        let isPlain = takesPlain && headers.contentEncoding == nil && !request.body.isEmpty
        let limitBytes = isPlain ? min(PushServiceLimits.promisedBodyBytes, limitBytes) : limitBytes
        guard request.body.count <= limitBytes else { throw .bodyTooLarge(limitBytes: limitBytes) }
        let ttl = isPlain && headers.ttl == nil ? .granted(plainTTL) : try readTTL(headers.ttl)
        let content = try MessageContent(body: request.body, headers: headers, sentBy: sender, takesPlain: isPlain)
        guard case .granted(let ttl) = ttl else { throw .negativeTTL }
        return MessagePost(
            content: content, ttl: ttl, urgency: try urgency(headers.urgency), collapseKey: try collapseKey(headers.topic), sender: sender)
    }

    /// The message by which a gateway of ours hands something over as it is, because it has no keys to encrypt it with.
    /// - Parameter endpoint: the whole URL. One that is restricted to a VAPID key takes nothing from a gateway.
    public func message(
        handing body: [UInt8], to endpoint: some StringProtocol, urgency: Urgency, collapseKey: CollapseKey?, now: Date
    ) throws(EndpointRefusal) -> NewMessage {
        guard let endpoint = codec.endpoint(url: endpoint) else { throw .unknownEndpoint }
        guard endpoint.keyHash == nil else { throw .restrictedEndpoint }
        guard !ended.contains(endpoint) else { throw .endpointGone(cacheSeconds: limits.goneCacheSeconds) }
        let limitBytes = PushServiceLimits.promisedBodyBytes
        guard body.count <= limitBytes else { throw .bodyTooLarge(limitBytes: limitBytes) }
        return NewMessage(
            channel: endpoint.channel, epoch: endpoint.epoch, collapseKey: collapseKey, urgency: urgency, ttl: plainTTL, postedAt: now,
            content: MessageContent(body: body))
    }

    private var plainTTL: TTL { TTL(seconds: min(PushServiceLimits.plainTTLSeconds, limits.maxTTLSeconds)) }

    /// The message that `DELETE /m/{token}` withdraws or acknowledges. The answer to a good one is 204, even if it is gone.
    public func message(token: some StringProtocol) throws(EndpointRefusal) -> MessageID {
        guard let message = codec.message(token: token) else { throw .unknownMessage }
        return message
    }

    /// Of a message that is never stored no receipt can be expected (RFC 8030 §5.2).
    private func receipts(_ headers: MessageRequest.Headers) throws(EndpointRefusal) -> ReceiptRequest? {
        guard PreferHeader(headers.prefer).contains("respond-async") else { return nil }
        guard let location = LinkHeader(headers.link).target(of: "urn:ietf:params:push:receipt") else { return .new(newReceipts()) }
        guard let known = codec.receipts(location: location) else { throw .badReceiptLink }
        return .known(known)
    }

    @Sendable public static func random() -> ReceiptSubscription {
        var random = SystemRandomNumberGenerator()
        return .random(using: &random)
    }

    /// A negative one is a number, and its turn to be refused comes later than that of what is none.
    private enum ReadTTL {
        case granted(TTL)
        case negative
    }

    /// Cut to the maximum, as RFC 8030 §5.2 permits; the reply must then say so.
    private func readTTL(_ header: String?) throws(EndpointRefusal) -> ReadTTL {
        guard let header = header?.trimmed, !header.isEmpty else { throw .missingTTL }
        if let ttl = TTL(header: header) { return .granted(TTL(seconds: min(ttl.seconds, limits.maxTTLSeconds))) }
        guard header.first == "-", TTL(header: header.dropFirst()) != nil else { throw .missingTTL }
        return .negative
    }

    /// Some senders write base64 with its padding; Mozilla's service takes that, and it says nothing.
    private func collapseKey(_ header: String?) throws(EndpointRefusal) -> CollapseKey? {
        guard let header = header?.trimmed else { return nil }
        let padding = header.reversed().prefix { $0 == "=" }.count
        guard header.utf8.count <= 32, let key = try? CollapseKey(String(header.dropLast(padding))) else { throw .badTopic }
        return key
    }

    private func urgency(_ header: String?) throws(EndpointRefusal) -> Urgency {
        guard let header = header?.trimmed else { return .normal }
        guard let urgency = Urgency(rawValue: header.lowercased()) else { throw .badUrgency }
        return urgency
    }
}

extension StringProtocol {
    /// Without the spaces and tabs around it (RFC 9110 §5.5).
    var trimmed: SubSequence {
        let isBlank = { (character: Character) in character == " " || character == "\t" }
        guard let start = firstIndex(where: { !isBlank($0) }), let end = lastIndex(where: { !isBlank($0) }) else {
            return self[startIndex..<startIndex]
        }
        return self[start...end]
    }
}
