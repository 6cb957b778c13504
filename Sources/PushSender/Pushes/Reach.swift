/// Where an audience's devices are, and what their App asks of all pushes.
public struct Reach: Sendable, Hashable {
    public let segments: [Segment]
    /// Whether there is somebody in each of them. Where the audience isn't named device by device or user by user, that isn't looked up.
    public let isSure: Bool
    public let rules: AppRules

    public init(segments: [Segment], isSure: Bool, rules: AppRules) {
        self.segments = segments
        self.isSure = isSure
        self.rules = rules
    }
}

/// Devices of one lane, or those of them in one time zone.
public struct Segment: Sendable, Hashable {
    public let lane: Lane
    /// Empty for devices that named none; nil for all.
    public let timeZone: String?

    public init(lane: Lane, timeZone: String?) {
        self.lane = lane
        self.timeZone = timeZone
    }
}

/// What an App asks of all its pushes.
public struct AppRules: Sendable, Hashable {
    public let settings: AppSettings
    /// Whether any of the App's users has quiet hours.
    public let usersHaveQuietHours: Bool

    public init(settings: AppSettings = AppSettings(), usersHaveQuietHours: Bool = false) {
        self.settings = settings
        self.usersHaveQuietHours = usersHaveQuietHours
    }
}
