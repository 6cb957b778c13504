import PushSender

/// A condition as an SQL expression about a record: true or false, never NULL.
struct RecordFilter {
    /// Where the record's id stands: `r.id`, or `d.id` for a device that is a record.
    let id: String
    let collection: RecordCollection

    /// In parentheses where it has `AND` or `OR`; the deepest part first, for SQLite's parser.
    func sql(_ condition: RecordCondition) -> SQLFragment {
        switch condition {
        case .always: SQLFragment("TRUE")
        case .never: SQLFragment("FALSE")
        case .value(let path, let test): sql(path, test)
        case .not(let part): "NOT " + sql(part)
        case .all(let parts): "(" + deepestFirst(parts).map(sql).joined(" AND ") + ")"
        case .any(let parts): "(" + deepestFirst(parts).map(sql).joined(" OR ") + ")"
        }
    }

    private func deepestFirst(_ parts: [RecordCondition]) -> [RecordCondition] { parts.sorted { $0.size.levels > $1.size.levels } }

    /// Asked row by row, by the record's key.
    func sql(_ path: String, _ test: RecordTest) -> SQLFragment {
        if path == "id" { return ofID(test) }
        return SQLFragment(
            "(SELECT 1 FROM record_term AS v WHERE v.collection = ? AND v.record = \(id) AND v.path = ?",
            [.text(collection.rawValue), .text(path)])
            + (Self.fits(test).map { " AND " + $0 } ?? SQLFragment("")) + " LIMIT 1) IS NOT NULL"
    }

    /// The id is in no row of `record_term`: it stands in the record's own key.
    func ofID(_ test: RecordTest) -> SQLFragment {
        switch test {
        case .exists: return SQLFragment("TRUE")
        case .isOneOf(let values):
            let ids = values.compactMap(\.text)
            return ids.isEmpty ? SQLFragment("FALSE") : "\(id) IN " + .list(ids.map { .text($0) })
        case .isWithin(let bounds):
            return bounds.map { bound in
                bound.value.text.map { SQLFragment("\(id) \(bound.order.rawValue) ?", [.text($0)]) } ?? SQLFragment("FALSE")
            }.joined(" AND ")
        case .like(let pattern, let ignoresCase): return TextPattern(like: pattern, ignoresCase: ignoresCase).isIn(id)
        case .regexp(let pattern, let ignoresCase): return TextPattern(pattern, ignoresCase: ignoresCase).isIn(id)
        }
    }

    /// What must hold of the row `v` of `record_term`; nil: nothing.
    static func fits(_ test: RecordTest) -> SQLFragment? {
        switch test {
        case .exists: nil
        case .isOneOf(let values): isOneOf(keys(values))
        case .isWithin(let bounds): bounds.map(isWithin).joined(" AND ")
        case .like(let pattern, let ignoresCase): isText + TextPattern(like: pattern, ignoresCase: ignoresCase).isIn(text)
        case .regexp(let pattern, let ignoresCase): isText + TextPattern(pattern, ignoresCase: ignoresCase).isIn(text)
        }
    }

    static func keys(_ values: [TagValue]) -> [String] { values.compactMap { RecordKey($0)?.value } }

    private static func isOneOf(_ keys: [String]) -> SQLFragment {
        keys.isEmpty ? SQLFragment("FALSE") : "v.value IN " + .list(keys.map { .text($0) })
    }

    private static func isWithin(_ bound: RecordBound) -> SQLFragment {
        let type = TagKey.type(of: bound.value)
        let key = SQLFragment("v.value \(bound.order.rawValue) ?", [.text(RecordKey(bound.value)?.value ?? type.end)])
        return switch bound.order {
        case .less, .lessOrEqual: key + SQLFragment(" AND v.value >= ?", [.text(type.first)])
        case .greater, .greaterOrEqual: key + SQLFragment(" AND v.value < ?", [.text(type.end)])
        }
    }

    private static let isText = SQLFragment("v.value >= 's' AND v.value < 't' AND ")
    private static let text = "COALESCE(v.long_text, substr(v.value, 2))"
}
