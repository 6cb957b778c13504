public import PushSender
public import WebPush

extension PushSubscription {
    /// The subscription as a device's token: its endpoint, and `p256dh` followed by `auth`.
    public var token: Token { Token(address: endpoint.url, keys: keys.p256dh + keys.auth) }

    /// - Parameter token: one that ``token`` made; its keys were checked then.
    init(token: Token) throws(WebPushError) {
        self.init(
            endpoint: try WebPushEndpoint(token.address), expirationTime: nil,
            keys: SubscriptionKeys(trustedP256dh: Array(token.keys.prefix(65)), auth: Array(token.keys.dropFirst(65))))
    }
}
