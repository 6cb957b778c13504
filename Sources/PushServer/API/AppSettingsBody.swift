import PushSender

/// What an App asks of all its pushes, as the API spells it.
struct AppSettingsBody: RequestBody, Encodable {
    let quietHours: Quiet?
    let defaultTimeZone: String?

    struct Quiet: Codable {
        let from: String
        let until: String
        let urgentPasses: Bool?
    }

    static let shape = BodyShape.object([
        "quiet_hours": .fields("from", "until", "urgent_passes"), "default_time_zone": .any,
    ])

    init(_ settings: AppSettings) {
        quietHours = settings.quietHours.map {
            Quiet(from: "\($0.hours.from)", until: "\($0.hours.until)", urgentPasses: $0.urgentPasses)
        }
        defaultTimeZone = settings.defaultTimeZone
    }

    func checked() throws -> AppSettings {
        var settings = AppSettings()
        settings.quietHours = try quietHours.map { quiet in
            AppQuietHours(
                hours: try HoursBody(from: quiet.from, until: quiet.until).checked("quiet_hours"), urgentPasses: quiet.urgentPasses ?? true)
        }
        settings.defaultTimeZone = try defaultTimeZone.map { try ZoneName.checked($0, field: "default_time_zone") }
        return settings
    }
}
