import PushSender

/// A recipient as it stands in a row of `device AS d`: its id, then these columns.
enum RecipientRow {
    static func columns(withProfiles: Bool) -> String {
        let profile = "d.locale, d.time_zone, d.app_version, d.tags"
        return TokenRow.columns("d.") + (withProfiles ? ", d.user_id, d.platform, " + profile : ", d.platform")
    }

    static func recipient(_ row: SQLRow, withProfile: Bool) throws -> Recipient {
        let (device, token) = (DeviceID(rawValue: try row.text(0)), try TokenRow.token(row, at: 1))
        guard withProfile else { return Recipient(device: device, token: token, platform: try row.optionalText(6)) }
        let profile = RecipientProfile(device: try DeviceRow.profile(row, at: 7), user: try row.optionalText(6))
        return Recipient(device: device, token: token, platform: profile.device.platform, profile: profile)
    }

    /// The recipients with what is kept of their users.
    static func withUsers(_ recipients: [Recipient], app: AppID, _ connection: any SQLConnection) throws -> [Recipient] {
        let names = Set(recipients.compactMap { $0.profile?.user })
        guard !names.isEmpty else { return recipients }
        let users = Dictionary(
            try connection.rows(
                "SELECT id, attributes, quiet_hours FROM app_user WHERE app = ? AND id IN \(placeholders(names.count))",
                [.integer(app.rawValue)] + padded(names.map { .text($0) })
            ).map { (try $0.text(0), $0) }
        ) { first, _ in first }
        return try recipients.map { recipient in
            guard let profile = recipient.profile, let user = profile.user, let row = users[user] else { return recipient }
            return Recipient(
                device: recipient.device, token: recipient.token, platform: recipient.platform,
                profile: RecipientProfile(
                    device: profile.device, user: user, userAttributes: try UserRow.attributes(row.text(1)),
                    userQuietHours: try row.optionalText(2).map { try value(DailyHours.self, $0) }))
        }
    }
}
