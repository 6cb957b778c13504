/// A message of FCM HTTP v1 without its target (Firebase reference: `projects.messages`). Members that are nil are left out; names are
/// written in lowerCamelCase, which FCM takes as well as snake_case.
public struct FCMMessage: Sendable, Hashable, Codable {
    /// For the app. Some keys are reserved, see ``check()``.
    public var data: [String: String]?
    /// What every platform shows.
    public var notification: FCMNotification?
    public var android: FCMAndroid?
    public var webpush: FCMWebPush?
    public var apns: FCMAPNs?
    public var fcmOptions: FCMOptions?

    public init(
        data: [String: String]? = nil, notification: FCMNotification? = nil, android: FCMAndroid? = nil,
        webpush: FCMWebPush? = nil, apns: FCMAPNs? = nil, fcmOptions: FCMOptions? = nil
    ) {
        self.data = data
        self.notification = notification
        self.android = android
        self.webpush = webpush
        self.apns = apns
        self.fcmOptions = fcmOptions
    }

    /// What FCM would refuse, whatever the target.
    /// - Throws: `invalidField` that names the member, `tooLarge`.
    public func check() throws(FCMError) {
        try checkSize(payloadBytes, FCMLimits.payloadBytes)
        try Self.check(data: data, "data")
        try android?.check()
        try Self.check(data: webpush?.data, "webpush.data")
        try webpush?.fcmOptions?.check("webpush.fcm_options")
        try apns?.fcmOptions?.check("apns.fcm_options")
        try fcmOptions?.check("fcm_options")
    }

    /// FCM's own: `from`, `message_type`, `notification`, and all that begins with `google` or `gcm`.
    static func check(data: [String: String]?, _ field: String) throws(FCMError) {
        for key in (data ?? [:]).keys.sorted() {
            let isReserved =
                ["from", "message_type", "notification"].contains(key) || key.hasPrefix("google") || key.hasPrefix("gcm")
            try FCM.check(!isReserved, "\(field).\(key)", "FCM keeps this key for itself; give it another name")
            try FCM.check(!key.isEmpty, field, "a key is empty")
        }
    }

    /// What FCM counts against its limit: the keys and values of `data` and `notification`, in bytes, of the platform that has most.
    public var payloadBytes: Int {
        let shared = Self.bytes(data) + (notification?.bytes ?? 0)
        let android = Self.bytes(self.android?.data ?? data) + (notification?.bytes ?? 0) + (self.android?.notification?.bytes ?? 0)
        return max(shared, android)
    }

    private static func bytes(_ data: [String: String]?) -> Int {
        (data ?? [:]).reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
    }
}

/// The part that all platforms share.
public struct FCMNotification: Sendable, Hashable, Codable {
    public var title: String?
    public var body: String?
    /// An HTTPS URL; about 1 MB at most on Android.
    public var image: String?

    public init(title: String? = nil, body: String? = nil, image: String? = nil) {
        self.title = title
        self.body = body
        self.image = image
    }

    var bytes: Int {
        [("title", title), ("body", body), ("image", image)].reduce(0) { sum, member in
            sum + (member.1.map { $0.utf8.count + member.0.utf8.count } ?? 0)
        }
    }
}

/// Names the message in the console's statistics.
public struct FCMOptions: Sendable, Hashable, Codable {
    /// 1 to 50 of `a-zA-Z0-9-_.~%`.
    public var analyticsLabel: String?
    /// iOS only: URL of an image for the notification.
    public var image: String?
    /// Web only: an HTTPS URL that a tap opens.
    public var link: String?

    public init(analyticsLabel: String? = nil, image: String? = nil, link: String? = nil) {
        self.analyticsLabel = analyticsLabel
        self.image = image
        self.link = link
    }

    func check(_ field: String) throws(FCMError) {
        if let analyticsLabel {
            let isLabel = (1...50).contains(analyticsLabel.utf8.count) && analyticsLabel.utf8.allSatisfy(isLabelByte)
            try FCM.check(isLabel, "\(field).analytics_label", "give 1 to 50 of a-z, A-Z, 0-9, -, _, ., ~ and %")
        }
        if let link { try FCM.check(link.hasPrefix("https://"), "\(field).link", "it must be an https URL") }
    }
}
