public import JSON

/// `WebpushConfig`: what is different in browsers.
public struct FCMWebPush: Sendable, Hashable, Codable {
    /// `WebpushFcmOptions`
    public struct Options: Sendable, Hashable, Codable {
        /// An HTTPS URL that a tap opens, or one of `http://localhost`, which browsers hold for as safe.
        public var link: String?
        /// As ``FCMOptions/analyticsLabel``.
        public var analyticsLabel: String?

        public init(link: String? = nil, analyticsLabel: String? = nil) {
            self.link = link
            self.analyticsLabel = analyticsLabel
        }
    }

    /// `TTL`, `Urgency`, `Topic` (RFC 8030).
    public var headers: [String: String]?
    /// Replaces the message's data.
    public var data: [String: String]?
    /// The options of the browser's `Notification`, in their own names: `title`, `requireInteraction`, `actions`, …
    public var notification: [String: JSONValue]?
    public var fcmOptions: Options?

    public init(
        headers: [String: String]? = nil, data: [String: String]? = nil, notification: [String: JSONValue]? = nil,
        fcmOptions: Options? = nil
    ) {
        self.headers = headers
        self.data = data
        self.notification = notification
        self.fcmOptions = fcmOptions
    }

    func check() throws(FCMError) {
        try checkData(data, "webpush.data")
        try notification.map(JSONValue.object)?.checkNumbers("webpush.notification")
        try checkAnalyticsLabel(fcmOptions?.analyticsLabel, "webpush.fcm_options")
        if let link = fcmOptions?.link {
            let isSafe = Self.safeBeginnings.contains { link.lowercased().hasPrefix($0) }
            try FCM.check(isSafe, "webpush.fcm_options.link", "it must be an https URL")
        }
    }

    /// While an App is developed, its pages are on the developer's machine.
    private static let safeBeginnings = ["https://", "http://localhost/", "http://localhost:", "http://127.0.0.1/", "http://127.0.0.1:"]
}
