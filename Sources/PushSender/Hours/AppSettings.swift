/// What an App asks of all its pushes. `{}` is nothing.
public struct AppSettings: Sendable, Hashable, Codable {
    public var quietHours: AppQuietHours?
    /// The time zone of devices that named none; see ``ZoneName``. UTC where it is nil.
    public var defaultTimeZone: String?

    public init(quietHours: AppQuietHours? = nil, defaultTimeZone: String? = nil) {
        self.quietHours = quietHours
        self.defaultTimeZone = defaultTimeZone
    }
}

/// When nobody of an App is to be disturbed, in each device's local time.
public struct AppQuietHours: Sendable, Hashable, Codable {
    public var hours: DailyHours
    /// Pushes of high urgency go through.
    public var urgentPasses: Bool

    public init(hours: DailyHours, urgentPasses: Bool = true) {
        self.hours = hours
        self.urgentPasses = urgentPasses
    }
}
