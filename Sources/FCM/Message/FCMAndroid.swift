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
    /// May be delivered before the device is unlocked for the first time.
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
            let isInRange = (0...Double(FCMLimits.ttlSeconds)).contains(ttl.seconds)
            try FCM.check(isInRange, "android.ttl", "give 0 to \(FCMLimits.ttlSeconds) s (28 days)")
        }
        try checkData(data, "android.data")
        try notification?.check("android.notification")
        try fcmOptions?.check("android.fcm_options")
    }
}
