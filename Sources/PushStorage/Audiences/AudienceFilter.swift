#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import PushSender

/// A condition as an SQL expression about the row `d` of `device`: true or false, never NULL.
///
/// What it asks other tables for is asked row by row, by their keys: as a subquery with a LIMIT, which no planner makes a join of.
struct AudienceFilter {
    let app: AppID
    let now: Date

    /// An expression that no planner looks into for an index to walk instead of ours; nil for what is true of every device.
    func opaque(_ conditions: [SQLFragment], _ condition: AudienceCondition) -> SQLFragment? {
        let all = conditions + (condition == .always ? [] : [sql(condition)])
        return all.isEmpty ? nil : "CASE WHEN " + all.joined(" AND ") + " THEN TRUE ELSE FALSE END"
    }

    /// In parentheses where it has `AND` or `OR`. The deepest part comes first: SQLite's parser keeps what stands before a parenthesis in a
    /// stack of 100 places.
    private func sql(_ condition: AudienceCondition) -> SQLFragment {
        switch condition {
        case .always: SQLFragment("TRUE")
        case .never: SQLFragment("FALSE")
        case .term(let term): sql(term)
        case .not(let condition): "NOT " + sql(condition)
        case .all(let parts): "(" + deepestFirst(parts).map(sql).joined(" AND ") + ")"
        case .any(let parts): "(" + disjuncts(deepestFirst(parts)).joined(" OR ") + ")"
        }
    }

    /// Topics are looked for together: there may be hundreds.
    private func disjuncts(_ parts: [AudienceCondition]) -> [SQLFragment] {
        let topics = parts.compactMap(\.topic)
        let others = parts.filter { $0.topic == nil }.map(sql)
        return topics.isEmpty ? others : others + [isIn(topics: topics)]
    }

    private func deepestFirst(_ parts: [AudienceCondition]) -> [AudienceCondition] {
        parts.map { (part: $0, levels: $0.levels) }.sorted { $0.levels > $1.levels }.map(\.part)
    }

    // MARK: Terms

    private func sql(_ term: AudienceTerm) -> SQLFragment {
        switch term {
        case .topic(let topic): isIn(topics: [topic])
        case .isRecord(let collection):
            SQLFragment(
                "(SELECT 1 FROM record AS r WHERE r.device = d.id AND r.collection = ? LIMIT 1) IS NOT NULL", [.text(collection.rawValue)])
        case .record(let collection, let path, let test):
            RecordFilter(id: "d.id", collection: collection).sql(path, test)
        case .lastSeen(let order, let moment): SQLFragment("d.registered_at \(order.rawValue) ?", [.date(moment.date(asOf: now))])
        case .has(.tag(let name)): tag(name, nil)
        case .has(.device(let field)): SQLFragment(field.column.map { "\($0) <> ''" } ?? "TRUE")
        case .isOneOf(.tag(let name), let values): isOneOf(tag: name, values)
        case .isOneOf(.device(let field), let values): isOneOf(field, values)
        case .compares(.tag(let name), let order, let bound): tag(name, Self.range(order, bound))
        case .compares(.device(.appVersion), let order, .string(let version)):
            SQLFragment("(d.app_version_key <> '' AND d.app_version_key \(order.rawValue) ?)", [.text(VersionKey.of(version))])
        case .compares(.device(let field), let order, .string(let text)):
            field.column.map { SQLFragment("(\($0) <> '' AND \($0) \(order.rawValue) ?)", [.text(text)]) } ?? SQLFragment("FALSE")
        case .compares: SQLFragment("FALSE")
        }
    }

    private func isIn(topics: [String]) -> SQLFragment {
        SQLFragment("(SELECT 1 FROM device_topic AS m WHERE m.app = ? AND m.topic IN ", [.integer(app.rawValue)])
            + .list(topics.map { .text($0) }) + " AND m.shard = d.shard AND m.device = d.id LIMIT 1) IS NOT NULL"
    }

    private func isOneOf(tag name: String, _ values: [TagValue]) -> SQLFragment {
        let keys = values.compactMap(TagKey.of)
        return keys.isEmpty ? SQLFragment("FALSE") : tag(name, "m.value IN " + .list(keys.map { .text($0) }))
    }

    /// - Parameter values: which of its values will do; nil: any.
    private func tag(_ name: String, _ values: SQLFragment?) -> SQLFragment {
        SQLFragment("(SELECT 1 FROM device_tag AS m WHERE m.device = d.id AND m.name = ?", [.text(name)])
            + (values.map { " AND " + $0 } ?? SQLFragment("")) + " LIMIT 1) IS NOT NULL"
    }

    /// Within the bound's type.
    private static func range(_ order: AudienceOrder, _ bound: TagValue) -> SQLFragment {
        let type = TagKey.type(of: bound)
        let key = SQLFragment("m.value \(order.rawValue) ?", [.text(TagKey.of(bound) ?? type.end)])
        return switch order {
        case .less, .lessOrEqual: key + SQLFragment(" AND m.value >= ?", [.text(type.first)])
        case .greater, .greaterOrEqual: key + SQLFragment(" AND m.value < ?", [.text(type.end)])
        }
    }

    private func isOneOf(_ field: DeviceField, _ values: [TagValue]) -> SQLFragment {
        let texts = values.compactMap(\.text).filter { !$0.isEmpty }
        guard let column = field.column, !texts.isEmpty else { return SQLFragment("FALSE") }
        return "\(column) IN " + .list(texts.map { .text(field == .appVersion ? VersionKey.of($0) : $0) })
    }
}

extension AudienceCondition {
    fileprivate var levels: Int {
        switch self {
        case .term: 0
        case .not(let condition): condition.levels + 1
        case .all(let parts), .any(let parts): (parts.map(\.levels).max() ?? 0) + 1
        }
    }

    var topic: String? { if case .term(.topic(let topic)) = self { topic } else { nil } }
}

extension TagValue { var text: String? { if case .string(let text) = self { text } else { nil } } }

extension DeviceField {
    /// Text that is empty where the field is missing; nil where there is no such text.
    fileprivate var column: String? {
        switch self {
        case .platform: "d.platform"
        case .provider: "d.provider"
        case .locale: "d.locale"
        case .timeZone: "d.time_zone"
        case .appVersion: "d.app_version_key"
        case .user: "COALESCE(d.user_id, '')"
        case .id: "d.id"
        case .lastSeen: nil
        }
    }
}
