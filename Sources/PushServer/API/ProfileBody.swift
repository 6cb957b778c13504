import PushSender

/// What a device says of itself, in a registration or a patch.
struct ProfileBody: Decodable {
    let platform: String?
    let locale: String?
    let timeZone: String?
    let appVersion: String?
    /// A tag that is null goes.
    let tags: [String: TagValue?]?

    static let shape = BodyShape.fields("platform", "locale", "time_zone", "app_version", "tags")
    private static let wordLimitBytes = 64

    func changes() throws -> DeviceProfileChanges {
        var words = CheckedWords()
        return try changes(&words)
    }

    /// - Parameter words: what needn't be looked at again.
    func changes(_ words: inout CheckedWords) throws -> DeviceProfileChanges {
        var changes = DeviceProfileChanges()
        changes.platform = try word(platform, "platform")
        changes.appVersion = try word(appVersion, "app_version")
        changes.locale = try locale.map { try $0.isEmpty ? "" : words.locale($0) }
        changes.timeZone = try timeZone.map { try $0.isEmpty ? "" : words.timeZone($0) }
        if let tags {
            try TagLimits.check(tags.compactMapValues { $0 })
            changes.tags = tags
        }
        return changes
    }

    private func word(_ word: String?, _ field: String) throws -> String? {
        guard let word else { return nil }
        guard word.utf8.count <= Self.wordLimitBytes, !word.utf8.contains(0) else {
            throw Problem.invalid(field, "give at most \(Self.wordLimitBytes) bytes, none of them NUL")
        }
        return word
    }
}

/// Languages and time zones that were found to be some: a million devices have a few hundred.
struct CheckedWords {
    private static let limit = 1000
    private var locales: [String: String] = [:]
    private var timeZones: [String: String] = [:]

    mutating func locale(_ text: String) throws(PushProblem) -> String {
        if let known = locales[text] { return known }
        let checked = try LocaleTag.checked(text, field: "locale")
        if locales.count < Self.limit { locales[text] = checked }
        return checked
    }

    mutating func timeZone(_ text: String) throws(PushProblem) -> String {
        if let known = timeZones[text] { return known }
        let checked = try ZoneName.checked(text, field: "time_zone")
        if timeZones.count < Self.limit { timeZones[text] = checked }
        return checked
    }
}
