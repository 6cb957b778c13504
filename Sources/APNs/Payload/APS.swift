/// The dictionary `aps` of an ordinary notification (Apple: Generating a remote notification). What is nil, false or empty is left out.
public struct APS: Sendable, Hashable, Encodable {
    public var alert: APSAlert?
    /// 0 clears it; nil leaves it as it is.
    public var badge: Int?
    public var sound: APSSound?
    /// Notifications of one thread are grouped.
    public var threadID: String?
    /// Names a set of actions that the app registered.
    public var category: String?
    /// Wakes the app.
    public var isContentAvailable: Bool
    /// The app's service extension may change the notification first. Needs an alert.
    public var isMutableContent: Bool
    /// The window to bring forward.
    public var targetContentID: String?
    public var interruptionLevel: APSInterruptionLevel?
    /// 0...1, for the summary.
    public var relevanceScore: Double?
    /// Lets a Focus filter decide.
    public var filterCriteria: String?
    /// Widgets and controls: their content is to be loaded again.
    public var isContentChanged: Bool
    /// Safari's website pushes: what fills the placeholders of the site's URL.
    public var urlArguments: [String]

    public init(
        alert: APSAlert? = nil, badge: Int? = nil, sound: APSSound? = nil, threadID: String? = nil, category: String? = nil,
        isContentAvailable: Bool = false, isMutableContent: Bool = false, targetContentID: String? = nil,
        interruptionLevel: APSInterruptionLevel? = nil, relevanceScore: Double? = nil, filterCriteria: String? = nil,
        isContentChanged: Bool = false, urlArguments: [String] = []
    ) {
        self.alert = alert
        self.badge = badge
        self.sound = sound
        self.threadID = threadID
        self.category = category
        self.isContentAvailable = isContentAvailable
        self.isMutableContent = isMutableContent
        self.targetContentID = targetContentID
        self.interruptionLevel = interruptionLevel
        self.relevanceScore = relevanceScore
        self.filterCriteria = filterCriteria
        self.isContentChanged = isContentChanged
        self.urlArguments = urlArguments
    }

    private enum CodingKeys: String, CodingKey {
        case alert, badge, sound, category
        case threadID = "thread-id"
        case isContentAvailable = "content-available"
        case isMutableContent = "mutable-content"
        case targetContentID = "target-content-id"
        case interruptionLevel = "interruption-level"
        case relevanceScore = "relevance-score"
        case filterCriteria = "filter-criteria"
        case isContentChanged = "content-changed"
        case urlArguments = "url-args"
    }

    /// Apple's flags are the number 1, but for `content-changed`, which is `true`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(alert, forKey: .alert)
        try container.encodeIfPresent(badge, forKey: .badge)
        try container.encodeIfPresent(sound, forKey: .sound)
        try container.encodeIfPresent(threadID, forKey: .threadID)
        try container.encodeIfPresent(category, forKey: .category)
        if isContentAvailable { try container.encode(1, forKey: .isContentAvailable) }
        if isMutableContent { try container.encode(1, forKey: .isMutableContent) }
        try container.encodeIfPresent(targetContentID, forKey: .targetContentID)
        try container.encodeIfPresent(interruptionLevel, forKey: .interruptionLevel)
        try container.encodeIfPresent(relevanceScore, forKey: .relevanceScore)
        try container.encodeIfPresent(filterCriteria, forKey: .filterCriteria)
        if isContentChanged { try container.encode(true, forKey: .isContentChanged) }
        if !urlArguments.isEmpty { try container.encode(urlArguments, forKey: .urlArguments) }
    }
}

/// How urgently a person is to be disturbed. The last two need entitlements.
public enum APSInterruptionLevel: String, Sendable, Hashable, Codable, CaseIterable {
    case passive, active
    case timeSensitive = "time-sensitive"
    case critical
}
