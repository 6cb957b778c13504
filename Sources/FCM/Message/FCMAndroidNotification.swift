/// `AndroidNotification`: how Android shows it. What is nil here comes from the shared notification or from the app's manifest.
public struct FCMAndroidNotification: Sendable, Hashable, Codable {
    /// How loudly, before Android 8; later the channel says it.
    public enum Priority: String, Sendable, Hashable, Codable {
        case unspecified = "PRIORITY_UNSPECIFIED", min = "PRIORITY_MIN", low = "PRIORITY_LOW", `default` = "PRIORITY_DEFAULT"
        case high = "PRIORITY_HIGH", max = "PRIORITY_MAX"
    }
    /// How much of it a locked screen shows.
    public enum Visibility: String, Sendable, Hashable, Codable {
        case unspecified = "VISIBILITY_UNSPECIFIED", `private` = "PRIVATE", `public` = "PUBLIC", secret = "SECRET"
    }
    /// Whether another app may be handed it.
    public enum Proxy: String, Sendable, Hashable, Codable {
        case unspecified = "PROXY_UNSPECIFIED", allow = "ALLOW", deny = "DENY", ifPriorityLowered = "IF_PRIORITY_LOWERED"
    }

    public var title: String?
    public var body: String?
    /// Name of a drawable of the app.
    public var icon: String?
    /// `#rrggbb`
    public var color: String?
    /// `default`, or a file of the app.
    public var sound: String?
    /// A shown notification with the same tag is replaced.
    public var tag: String?
    /// The intent that a tap starts.
    public var clickAction: String?
    public var bodyLocKey: String?
    public var bodyLocArgs: [String]?
    public var titleLocKey: String?
    public var titleLocArgs: [String]?
    public var channelId: String?
    /// Read aloud by accessibility services.
    public var ticker: String?
    /// A tap doesn't take it away.
    public var sticky: Bool?
    /// RFC 3339.
    public var eventTime: String?
    /// Not for the person's other devices, a watch for example.
    public var localOnly: Bool?
    public var notificationPriority: Priority?
    public var defaultSound: Bool?
    public var defaultVibrateTimings: Bool?
    public var defaultLightSettings: Bool?
    /// Off, on, off, …
    public var vibrateTimings: [FCMDuration]?
    public var visibility: Visibility?
    /// The number on the app's icon, where launchers show one.
    public var notificationCount: Int?
    public var lightSettings: FCMLightSettings?
    /// An HTTPS URL.
    public var image: String?
    public var proxy: Proxy?

    public init() {}

    /// What counts against the limit.
    var texts: [String: String] {
        let texts = [
            "title": title, "body": body, "icon": icon, "color": color, "sound": sound, "tag": tag, "click_action": clickAction,
            "body_loc_key": bodyLocKey, "body_loc_args": bodyLocArgs?.joined(), "title_loc_key": titleLocKey,
            "title_loc_args": titleLocArgs?.joined(), "channel_id": channelId, "ticker": ticker, "image": image,
        ]
        return texts.compactMapValues { $0 }
    }

    func check(_ field: String) throws(FCMError) {
        try FCM.check(color.map(isColor) ?? true, "\(field).color", "write #rrggbb")
        // An int32 to FCM.
        let isCount = (0...Int(Int32.max)).contains(notificationCount ?? 0)
        try FCM.check(isCount, "\(field).notification_count", "give 0 to \(Int32.max)")
        let areTimings = (vibrateTimings ?? []).allSatisfy(\.isSpan)
        try FCM.check(areTimings, "\(field).vibrate_timings", "none is below 0 s")
        try lightSettings?.check("\(field).light_settings")
    }
}

private func isColor(_ text: String) -> Bool {
    text.utf8.count == 7 && text.utf8.first == UInt8(ascii: "#") && text.utf8.dropFirst().allSatisfy(isHexDigit)
}

private func isHexDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): true
    default: false
    }
}
