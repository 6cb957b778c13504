/// What a device says of itself beside its token. Empty: it didn't say.
public struct DeviceProfile: Sendable, Hashable {
    /// `ios`, `android`, `web`, …; the App's own words.
    public var platform = ""
    /// BCP 47: `de-AT`.
    public var locale = ""
    /// A name of the IANA database: `Europe/Vienna`.
    public var timeZone = ""
    /// `2.10.1`
    public var appVersion = ""
    public var tags: [String: TagValue] = [:]

    public init() {}
}

/// What is to be changed in a ``DeviceProfile``; what is nil stays.
public struct DeviceProfileChanges: Sendable, Hashable {
    public var platform: String?
    public var locale: String?
    public var timeZone: String?
    public var appVersion: String?
    /// By name; a tag whose value is nil goes, tags that aren't named stay.
    public var tags: [String: TagValue?]?
    /// Tags that aren't named go.
    public var replacesTags = false

    public init() {}

    public func applied(to profile: DeviceProfile) -> DeviceProfile {
        var changed = profile
        changed.platform = platform ?? profile.platform
        changed.locale = locale ?? profile.locale
        changed.timeZone = timeZone ?? profile.timeZone
        changed.appVersion = appVersion ?? profile.appVersion
        if replacesTags { changed.tags = [:] }
        for (name, value) in tags ?? [:] { changed.tags[name] = value }
        return changed
    }
}
