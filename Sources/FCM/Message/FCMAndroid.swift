/// `AndroidConfig`: what is different on Android.
public struct FCMAndroid: Sendable, Hashable, Codable {
    public enum Priority: String, Sendable, Hashable, Codable { case normal = "NORMAL", high = "HIGH" }

    /// Of stored messages with the same key a device gets the newest; at most four keys are stored.
    public var collapseKey: String?
    /// `high` wakes the device; those that show nothing are demoted in time.
    public var priority: Priority?
    /// 0 to 28 days; 0 is now or never.
    public var ttl: FCMDuration?
    public var restrictedPackageName: String?
    /// Replaces the message's data.
    public var data: [String: String]?
    public var notification: FCMAndroidNotification?
    public var fcmOptions: FCMOptions?
    public var directBootOk: Bool?
    public var bandwidthConstrainedOk: Bool?
    public var restrictedSatelliteOk: Bool?

    public init(
        collapseKey: String? = nil, priority: Priority? = nil, ttl: FCMDuration? = nil, restrictedPackageName: String? = nil,
        data: [String: String]? = nil, notification: FCMAndroidNotification? = nil, fcmOptions: FCMOptions? = nil,
        directBootOk: Bool? = nil, bandwidthConstrainedOk: Bool? = nil, restrictedSatelliteOk: Bool? = nil
    ) {
        self.collapseKey = collapseKey
        self.priority = priority
        self.ttl = ttl
        self.restrictedPackageName = restrictedPackageName
        self.data = data
        self.notification = notification
        self.fcmOptions = fcmOptions
        self.directBootOk = directBootOk
        self.bandwidthConstrainedOk = bandwidthConstrainedOk
        self.restrictedSatelliteOk = restrictedSatelliteOk
    }

    func check() throws(FCMError) {
        if let ttl {
            try FCM.check(
                (0...Double(FCMLimits.ttlSeconds)).contains(ttl.seconds), "android.ttl", "give 0 to \(FCMLimits.ttlSeconds) s (28 days)")
        }
        try FCMMessage.check(data: data, "android.data")
        try notification?.check()
        try fcmOptions?.check("android.fcm_options")
    }
}

/// `AndroidNotification`
public struct FCMAndroidNotification: Sendable, Hashable, Codable {
    public enum Priority: String, Sendable, Hashable, Codable {
        case unspecified = "PRIORITY_UNSPECIFIED", min = "PRIORITY_MIN", low = "PRIORITY_LOW", `default` = "PRIORITY_DEFAULT"
        case high = "PRIORITY_HIGH", max = "PRIORITY_MAX"
    }
    public enum Visibility: String, Sendable, Hashable, Codable {
        case unspecified = "VISIBILITY_UNSPECIFIED", `private` = "PRIVATE", `public` = "PUBLIC", secret = "SECRET"
    }
    public enum Proxy: String, Sendable, Hashable, Codable {
        case unspecified = "PROXY_UNSPECIFIED", allow = "ALLOW", deny = "DENY", ifPriorityLowered = "IF_PRIORITY_LOWERED"
    }

    public var title: String?
    public var body: String?
    public var icon: String?
    /// `#rrggbb`
    public var color: String?
    /// `default`, or a file of the app.
    public var sound: String?
    /// A shown notification with the same tag is replaced.
    public var tag: String?
    public var clickAction: String?
    public var bodyLocKey: String?
    public var bodyLocArgs: [String]?
    public var titleLocKey: String?
    public var titleLocArgs: [String]?
    public var channelId: String?
    public var ticker: String?
    public var sticky: Bool?
    /// RFC 3339.
    public var eventTime: String?
    public var localOnly: Bool?
    public var notificationPriority: Priority?
    public var defaultSound: Bool?
    public var defaultVibrateTimings: Bool?
    public var defaultLightSettings: Bool?
    public var vibrateTimings: [FCMDuration]?
    public var visibility: Visibility?
    public var notificationCount: Int?
    public var lightSettings: FCMLightSettings?
    public var image: String?
    public var proxy: Proxy?

    public init() {}

    /// Title and body, which count as the message's own do.
    var bytes: Int { [title, body].reduce(0) { $0 + ($1?.utf8.count ?? 0) } }

    func check() throws(FCMError) {
        let field = "android.notification"
        if let color {
            let isColor = color.utf8.count == 7 && color.hasPrefix("#") && color.dropFirst().allSatisfy(\.isHexDigit)
            try FCM.check(isColor, "\(field).color", "write #rrggbb")
        }
        if let notificationCount { try FCM.check(notificationCount >= 0, "\(field).notification_count", "give 0 or more") }
        try lightSettings?.check("\(field).light_settings")
    }
}

/// `LightSettings`
public struct FCMLightSettings: Sendable, Hashable, Codable {
    /// Each from 0 to 1.
    public struct Color: Sendable, Hashable, Codable {
        public var red: Double
        public var green: Double
        public var blue: Double
        public var alpha: Double

        public init(red: Double, green: Double, blue: Double, alpha: Double = 1) {
            self.red = red
            self.green = green
            self.blue = blue
            self.alpha = alpha
        }
    }

    public var color: Color
    public var lightOnDuration: FCMDuration
    public var lightOffDuration: FCMDuration

    public init(color: Color, lightOnDuration: FCMDuration, lightOffDuration: FCMDuration) {
        self.color = color
        self.lightOnDuration = lightOnDuration
        self.lightOffDuration = lightOffDuration
    }

    func check(_ field: String) throws(FCMError) {
        let isColor = [color.red, color.green, color.blue, color.alpha].allSatisfy { (0...1).contains($0) }
        try FCM.check(isColor, "\(field).color", "each part is from 0 to 1")
    }
}
