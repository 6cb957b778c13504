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

    /// What FCM would refuse, whatever the target: reserved keys in `data` (`from`, `message_type`, `notification`, and all that begins
    /// with `google` or `gcm`), values out of range, more bytes than devices take.
    /// - Throws: `invalidField` that names the member, `tooLarge`.
    public func check() throws(FCMError) {
        try checkSize(payloadBytes, FCMLimits.payloadBytes)
        try checkData(data, "data")
        try android?.check()
        try webpush?.check()
        try apns?.check()
        try fcmOptions?.check("fcm_options")
    }

    /// What FCM counts against its limit: the keys and values of `data` and `notification`, in bytes, of the platform that has most.
    public var payloadBytes: Int {
        let shared = bytes(data) + bytes(notification?.texts ?? [:])
        if android?.data == nil, android?.notification == nil { return shared }
        return max(shared, bytes(android?.data ?? data) + bytes(androidTexts))
    }

    /// Android's texts win over the shared ones.
    private var androidTexts: [String: String] {
        (notification?.texts ?? [:]).merging(android?.notification?.texts ?? [:]) { $1 }
    }
}

/// Keys and values.
func bytes(_ members: [String: String]?) -> Int {
    (members ?? [:]).reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
}

/// - Throws: `invalidField` naming the first key, in alphabetical order, that FCM keeps for itself.
func checkData(_ data: [String: String]?, _ field: String) throws(FCMError) {
    for key in (data ?? [:]).keys.sorted() {
        try check(!key.isEmpty, field, "a key is empty; give it a name")
        let isReserved = ["from", "message_type", "notification"].contains(key) || key.hasPrefix("google") || key.hasPrefix("gcm")
        try check(!isReserved, "\(field).\(key)", "FCM keeps this key for itself; give it another name")
    }
}
