public import JSON

/// `ApnsConfig`: what FCM hands to Apple.
public struct FCMAPNs: Sendable, Hashable, Codable {
    /// `ApnsFcmOptions`
    public struct Options: Sendable, Hashable, Codable {
        /// As ``FCMOptions/analyticsLabel``.
        public var analyticsLabel: String?
        /// URL of the notification's image.
        public var image: String?

        public init(analyticsLabel: String? = nil, image: String? = nil) {
            self.analyticsLabel = analyticsLabel
            self.image = image
        }
    }

    /// Header values are text: `"apns-priority": "5"`. Missing, FCM takes priority 10 and an expiration in 30 days.
    public var headers: [String: String]?
    /// The whole payload, with `aps` and custom keys. It wins over the shared notification.
    public var payload: [String: JSONValue]?
    public var fcmOptions: Options?
    /// Sends to this Live Activity of the device that the target names.
    public var liveActivityToken: String?

    public init(
        headers: [String: String]? = nil, payload: [String: JSONValue]? = nil, fcmOptions: Options? = nil, liveActivityToken: String? = nil
    ) {
        self.headers = headers
        self.payload = payload
        self.fcmOptions = fcmOptions
        self.liveActivityToken = liveActivityToken
    }

    func check() throws(FCMError) {
        try checkAnalyticsLabel(fcmOptions?.analyticsLabel, "apns.fcm_options")
        guard let payload = payload.map(JSONValue.object) else { return }
        try payload.checkNumbers("apns.payload")
        guard payload.textBytes <= FCMLimits.apnsPayloadBytes else {
            throw FCMError(
                .tooLarge, field: "apns.payload",
                "its names and texts alone have \(payload.textBytes) bytes; Apple takes \(FCMLimits.apnsPayloadBytes): shorten the texts")
        }
    }
}
