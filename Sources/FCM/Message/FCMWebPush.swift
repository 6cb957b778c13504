/// `WebpushConfig`: what is different in browsers.
public struct FCMWebPush: Sendable, Hashable, Codable {
    /// `TTL`, `Urgency`, `Topic` (RFC 8030).
    public var headers: [String: String]?
    /// Replaces the message's data.
    public var data: [String: String]?
    /// The options of the browser's `Notification`, in their own names: `title`, `requireInteraction`, `actions`, …
    public var notification: [String: FCMJSON]?
    public var fcmOptions: FCMOptions?

    public init(
        headers: [String: String]? = nil, data: [String: String]? = nil, notification: [String: FCMJSON]? = nil,
        fcmOptions: FCMOptions? = nil
    ) {
        self.headers = headers
        self.data = data
        self.notification = notification
        self.fcmOptions = fcmOptions
    }
}

/// `ApnsConfig`: what FCM hands to Apple.
public struct FCMAPNs: Sendable, Hashable, Codable {
    /// Header values are text: `"apns-priority": "5"`. Missing, FCM takes priority 10 and an expiration in 30 days.
    public var headers: [String: String]?
    /// The whole payload, with `aps` and custom keys.
    public var payload: [String: FCMJSON]?
    public var fcmOptions: FCMOptions?
    /// Sends to this Live Activity of the device that the target names.
    public var liveActivityToken: String?

    public init(
        headers: [String: String]? = nil, payload: [String: FCMJSON]? = nil, fcmOptions: FCMOptions? = nil,
        liveActivityToken: String? = nil
    ) {
        self.headers = headers
        self.payload = payload
        self.fcmOptions = fcmOptions
        self.liveActivityToken = liveActivityToken
    }
}
