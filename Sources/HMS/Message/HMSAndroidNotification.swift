public import JSON

/// The section `android.notification` of ``HMSMessage``.
public struct HMSAndroidNotification: Sendable, Hashable, Codable {
    public var title: String?
    public var body: String?
    /// A resource of the app: `/raw/icon`.
    public var icon: String?
    /// `#rrggbb`
    public var color: String?
    /// A resource of the app: `/raw/bell`.
    public var sound: String?
    public var defaultSound: Bool?
    /// Notifications of one tag replace each other.
    public var tag: String?
    /// Mandatory.
    public var clickAction: HMSClickAction
    public var bodyLocKey: String?
    public var bodyLocArgs: [String]?
    public var titleLocKey: String?
    public var titleLocArgs: [String]?
    /// Texts by key and language.
    public var multiLangKey: [String: JSONValue]?
    public var channelID: String?
    public var notifySummary: String?
    /// https
    public var image: String?
    /// 0 default, 1 big text, 3 inbox.
    public var style: Int?
    public var bigTitle: String?
    public var bigBody: String?
    /// Up to five lines.
    public var inboxContent: [String]?
    /// Notifications of one number replace each other.
    public var notifyID: Int?
    public var group: String?
    public var badge: HMSBadge?
    public var ticker: String?
    /// RFC 3339, in UTC.
    public var when: String?
    /// `LOW` or `NORMAL`.
    public var importance: String?
    public var useDefaultVibrate: Bool?
    public var useDefaultLight: Bool?
    /// Up to ten durations in seconds: `["1","0.5"]`.
    public var vibrateConfig: [String]?
    /// `PUBLIC`, `PRIVATE`, `SECRET` or `VISIBILITY_UNSPECIFIED`.
    public var visibility: String?
    public var lightSettings: HMSLightSettings?
    public var foregroundShow: Bool?
    /// Up to 64 characters.
    public var profileID: String?
    /// Up to three.
    public var buttons: [HMSButton]?
    /// Milliseconds until it disappears.
    public var autoClear: Int?

    public init(title: String?, body: String?, clickAction: HMSClickAction) {
        self.title = title
        self.body = body
        self.clickAction = clickAction
    }

    private enum CodingKeys: String, CodingKey {
        case title, body, icon, color, sound, tag, image, style, group, badge, ticker, when, importance, visibility, buttons
        case defaultSound = "default_sound"
        case clickAction = "click_action"
        case bodyLocKey = "body_loc_key"
        case bodyLocArgs = "body_loc_args"
        case titleLocKey = "title_loc_key"
        case titleLocArgs = "title_loc_args"
        case multiLangKey = "multi_lang_key"
        case channelID = "channel_id"
        case notifySummary = "notify_summary"
        case bigTitle = "big_title"
        case bigBody = "big_body"
        case inboxContent = "inbox_content"
        case notifyID = "notify_id"
        case useDefaultVibrate = "use_default_vibrate"
        case useDefaultLight = "use_default_light"
        case vibrateConfig = "vibrate_config"
        case lightSettings = "light_settings"
        case foregroundShow = "foreground_show"
        case profileID = "profile_id"
        case autoClear = "auto_clear"
    }
}
