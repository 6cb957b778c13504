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
        var changes = DeviceProfileChanges()
        changes.platform = try word(platform, "platform")
        changes.appVersion = try word(appVersion, "app_version")
        changes.locale = try locale.map { try $0.isEmpty ? "" : LocaleTag.checked($0, field: "locale") }
        changes.timeZone = try timeZone.map { try $0.isEmpty ? "" : ZoneName.checked($0, field: "time_zone") }
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
