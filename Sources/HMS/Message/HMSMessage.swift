public import JSON

/// The object `message` of v1 and v2, without its target: for devices with HMS Core and for HarmonyOS 2 to 4 (Push Kit REST API,
/// "Message").
public struct HMSMessage: Sendable, Hashable, Codable {
    /// Handed to the app; free text, often JSON. Without any `notification` it makes a data message, which shows nothing.
    public var data: String?
    /// What all platforms show, unless their own section says otherwise.
    public var notification: Notification?
    public var android: HMSAndroid?
    public var apns: Apple?
    public var webpush: Web?

    public init(data: String? = nil, android: HMSAndroid? = nil) {
        self.data = data
        self.android = android
    }

    public struct Notification: Sendable, Hashable, Codable {
        public var title: String?
        public var body: String?
        /// https
        public var image: String?
        public init(title: String? = nil, body: String? = nil, image: String? = nil) {
            self.title = title
            self.body = body
            self.image = image
        }
    }

    /// For Apple devices that Huawei forwards to.
    public struct Apple: Sendable, Hashable, Codable {
        public var headers: [String: String]?
        /// The APNs payload, with `aps`.
        public var payload: [String: JSONValue]?
        public var hmsOptions: Options?
        public init() {}

        public struct Options: Sendable, Hashable, Codable {
            /// 1 test, 2 production, 3 VoIP.
            public var targetUserType: Int
            public init(targetUserType: Int) { self.targetUserType = targetUserType }
            private enum CodingKeys: String, CodingKey { case targetUserType = "target_user_type" }
        }

        private enum CodingKeys: String, CodingKey {
            case headers, payload
            case hmsOptions = "hms_options"
        }
    }

    /// For browsers that Huawei forwards to.
    public struct Web: Sendable, Hashable, Codable {
        public var headers: Headers?
        /// The members of a `Notification` in a browser.
        public var notification: [String: JSONValue]?
        public var hmsOptions: Options?
        public init() {}

        public struct Headers: Sendable, Hashable, Codable {
            /// Seconds with an s: `86400s`.
            public var ttl: String?
            public var topic: String?
            /// As RFC 8030 spells it.
            public var urgency: String?
            public init() {}
        }

        public struct Options: Sendable, Hashable, Codable {
            /// Opened by a click where the action names no page.
            public var link: String?
            public init(link: String? = nil) { self.link = link }
        }

        private enum CodingKeys: String, CodingKey {
            case headers, notification
            case hmsOptions = "hms_options"
        }
    }
}
