#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import PushSender

/// Which active devices are in which topics.
struct MembershipSelection {
    /// `FROM … WHERE …`
    private let tables: SQLFragment

    /// - Parameter condition: on the devices.
    init(_ condition: AudienceCondition, _ topics: TopicFilter, _ app: AppID, asOf now: Date) {
        let plain = SQLFragment("t.app = ? AND d.disabled_at IS NULL", [.integer(app.rawValue)])
        let filter = AudienceFilter(app: app, now: now).opaque([], condition)
        tables = "FROM device_topic AS t JOIN device AS d ON d.id = t.device WHERE "
            + ([plain] + topics.conditions(on: "t.topic") + [filter].compactMap { $0 }).joined(" AND ")
    }

    /// The device's columns, then the topic.
    func page(after: DeviceMembership.Cursor?, limit: Int) -> SQLFragment {
        let rest = after.map { SQLFragment(" AND (t.device, t.topic) > (?, ?)", [.text($0.device.rawValue), .text($0.topic)]) }
        return "SELECT \(DeviceRow.columns(of: "d")), t.topic " + tables + (rest ?? SQLFragment(""))
            + SQLFragment(" ORDER BY t.device, t.topic LIMIT ?", [.integer(limit)])
    }

    var count: SQLFragment { "SELECT COUNT(*) " + tables }
}

extension TopicFilter {
    /// - Parameter column: a topic's name.
    func conditions(on column: String) -> [SQLFragment] {
        let named = names.isEmpty ? [] : [SQLFragment("\(column) IN ") + .list(names.map { .text($0) })]
        // No LIKE, to which some names would be patterns.
        let begun = SQLFragment(
            "substr(\(column), 1, length(CAST(? AS TEXT))) = CAST(? AS TEXT)", [.text(prefix), .text(prefix)])
        return named + (prefix.isEmpty ? [] : [begun])
    }
}
