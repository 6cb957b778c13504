/// One message as a POST to a push service (RFC 8030 §5), encrypted.
public struct WebPushRequest: Sendable {
    /// The endpoint exactly as the browser gave it; Microsoft's contain `%2b`, which must stay.
    public let url: String
    /// Everything but Host and Content-Length, which belong to the transport.
    public let headers: [(name: String, value: String)]
    public let body: [UInt8]

    /// - Parameters:
    ///   - payload: at most ``MessageEncryption/maximumPlaintextBytes``; empty for a push without a body.
    ///   - authorization: of ``VAPIDTokenCache/authorization(for:now:)``; every large push service wants one.
    /// - Throws: `payloadTooLarge`; `publicKeyInvalid` or `authSecretInvalid` for keys that were trusted without reason.
    public init(
        payload: [UInt8], to subscription: PushSubscription, ttl: TTL, urgency: Urgency = .normal,
        collapseKey: CollapseKey? = nil, authorization: String? = nil
    ) throws(WebPushError) {
        url = subscription.endpoint.url
        body = payload.isEmpty ? [] : try MessageEncryption.seal(payload, for: subscription.keys)
        var headers = [(name: "TTL", value: String(ttl.seconds)), (name: "Urgency", value: urgency.rawValue)]
        if !body.isEmpty {
            headers.append(("Content-Encoding", "aes128gcm"))
            headers.append(("Content-Type", "application/octet-stream"))
        }
        if let collapseKey { headers.append(("Topic", collapseKey.value)) }
        if let authorization { headers.append(("Authorization", authorization)) }
        self.headers = headers
    }
}
