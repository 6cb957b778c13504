import PushSender

/// What an App asks of all its pushes, as it stands in its row.
enum AppRow {
    static func rules(_ app: AppID, _ connection: any SQLConnection) throws -> AppRules {
        let quiet = "EXISTS (SELECT 1 FROM app_user WHERE app_user.app = app.id AND quiet_hours IS NOT NULL)"
        guard
            let row = try connection.row(
                "SELECT settings, CASE WHEN \(quiet) THEN 1 ELSE 0 END FROM app WHERE id = ?", [.integer(app.rawValue)])
        else { return AppRules() }
        let text = try row.text(0)
        return AppRules(
            settings: text == "{}" ? AppSettings() : try value(AppSettings.self, text), usersHaveQuietHours: try row.int(1) == 1)
    }
}
