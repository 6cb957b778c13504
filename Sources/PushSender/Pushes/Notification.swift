public import JSON

/// What is shown or handed over, in nobody's dialect. Each provider maps it to its own words (docs/notification.md has the table); a raw
/// section for a provider wins over all of it there.
public struct Notification: Sendable, Hashable, Codable {
    public var title: String?
    public var subtitle: String?
    public var body: String?
    /// Opened when the person taps the notification. Absolute, or relative to the site that shows it.
    public var url: String?
    public var icon: String?
    public var image: String?
    /// The number on the App's icon; 0 clears it.
    public var badge: Int?
    /// URL of the small monochrome picture that some browsers show in the status bar.
    public var badgeIcon: String?
    /// `default`, or the name of a sound that the App has.
    public var sound: String?
    /// Buttons.
    public var actions: [NotificationAction]?
    /// Notifications of one tag replace each other on the screen.
    public var tag: String?
    /// Notifications of one thread are grouped.
    public var thread: String?
    /// Names a set of actions that the App registered (APNs), or Huawei's message category.
    public var category: String?
    /// Android's notification channel.
    public var channel: String?
    /// `#rrggbb`
    public var color: String?
    public var interruptionLevel: InterruptionLevel?
    /// Nothing is shown: the App is woken to do something with `data`.
    public var background: Bool?
    /// The App may change the notification before it is shown.
    public var mutable: Bool?
    /// Handed to the App as it is.
    public var data: JSONValue?

    public var apns: APNsSection?
    public var fcm: FCMSection?
    public var hms: HMSSection?
    public var wns: WNSSection?
    public var webpush: WebPushSection?

    public init(title: String? = nil, body: String? = nil, url: String? = nil, data: JSONValue? = nil) {
        self.title = title
        self.body = body
        self.url = url
        self.data = data
    }

    /// Nothing to show and nothing to hand over, to anybody.
    public var isEmpty: Bool { title == nil && body == nil && self == Notification() }

    /// Whether there is anything in it for a provider: neutral content, or its raw section.
    public func isMeant(for provider: ProviderName) -> Bool { hasSection(for: provider) || hasNeutralContent }

    /// Whether there is anything for providers that have no raw section of their own.
    public var hasNeutralContent: Bool { title != nil || body != nil || !withoutSections.isEmpty }

    /// Whether it is a title and a body that fit everywhere: no provider need be asked about them. Escaping makes seven bytes of one where
    /// there is JSON within JSON, some hold a text twice, and the least that a provider takes is 4,000.
    var isShortWords: Bool {
        guard (title?.utf8.count ?? 0) + (body?.utf8.count ?? 0) <= Self.shortWordsBytes else { return false }
        return self == Notification(title: title, body: body)
    }
    private static let shortWordsBytes = 256

    private func hasSection(for provider: ProviderName) -> Bool {
        switch provider {
        case .apns: apns != nil
        case .fcm: fcm != nil
        case .hms: hms != nil
        case .wns: wns != nil
        case .webPush: webpush != nil
        default: false
        }
    }

    private var withoutSections: Notification {
        var neutral = self
        neutral.apns = nil
        neutral.fcm = nil
        neutral.hms = nil
        neutral.wns = nil
        neutral.webpush = nil
        return neutral
    }
}

/// A button on a notification.
public struct NotificationAction: Sendable, Hashable, Codable {
    /// What the App gets to know it by.
    public var action: String
    public var title: String
    public var url: String?
    public var icon: String?

    public init(action: String, title: String, url: String? = nil, icon: String? = nil) {
        self.action = action
        self.title = title
        self.url = url
        self.icon = icon
    }
}

/// How urgently a person is to be disturbed; Apple's four levels.
public enum InterruptionLevel: String, Sendable, Hashable, Codable, CaseIterable {
    case passive, active
    case timeSensitive = "time-sensitive"
    case critical
}
