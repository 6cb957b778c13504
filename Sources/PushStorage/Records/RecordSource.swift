import PushSender

/// Where records of which a condition is true are looked for: in the index of values, where the fewest stand, and each of those is asked
/// the rest. How many stand where is found out by counting a few.
struct RecordSource {
    let collection: RecordCollection
    let connection: any SQLConnection

    /// What a record must be to be there at all: no device, or one whose token isn't known to be dead.
    private static let isThere =
        "(r.device IS NULL OR (SELECT g.disabled_at FROM device AS g WHERE g.id = r.device) IS NULL)"

    /// `FROM record AS r WHERE …`
    func tables(_ condition: RecordCondition, evenGone: Bool = false) throws -> SQLFragment {
        let parts = Self.parts(condition), driver = try driver(parts)
        let filter = RecordFilter(id: "r.id", collection: collection)
        let conditions = parts.indices.map { index in
            (index == driver ? indexed(parts[index]) : nil) ?? filter.sql(parts[index])
        }
        return SQLFragment("FROM record AS r WHERE r.collection = ?", [.text(collection.rawValue)])
            + (conditions + (evenGone ? [] : [SQLFragment(Self.isThere)])).map { " AND " + $0 }.joined("")
    }

    private static func parts(_ condition: RecordCondition) -> [RecordCondition] {
        if case .all(let parts) = condition { parts.flatMap(Self.parts) } else { [condition] }
    }

    // MARK: Where to look

    /// Nil where every record must be asked.
    private func driver(_ parts: [RecordCondition]) throws -> Int? {
        let candidates = parts.indices.filter { indexed(parts[$0]) != nil }
        if let named = candidates.first(where: { parts[$0].isNamed }) { return named }
        guard candidates.count > 1 else { return candidates.first }
        var best = candidates[0], fewest = Self.countedRows
        for index in candidates {
            let count = try count(parts[index], limit: fewest)
            if count < fewest { (best, fewest) = (index, count) }
            if fewest <= Self.fewRows { break }
        }
        return best
    }

    private static let countedRows = 200
    private static let fewRows = 4

    /// Of an alternative nothing is counted: it is the last to be chosen.
    private func count(_ condition: RecordCondition, limit: Int) throws -> Int {
        guard case .value(let path, let test) = condition, let rows = rows(path, test) else { return limit }
        let statement = "SELECT COUNT(*) FROM (SELECT 1 " + rows + SQLFragment(" LIMIT ?) AS few", [.integer(limit)])
        return try connection.row(statement.sql, statement.arguments)?.int(0) ?? 0
    }

    /// An expression about `r` that an index answers; nil for what none does.
    private func indexed(_ condition: RecordCondition) -> SQLFragment? {
        switch condition {
        case .value("id", .isOneOf(let ids)): RecordFilter(id: "r.id", collection: collection).ofID(.isOneOf(ids))
        case .value(let path, let test): rows(path, test).map { "r.id IN (SELECT v.record " + $0 + ")" }
        case .any(let parts) where !parts.isEmpty && parts.allSatisfy({ indexed($0) != nil }):
            "(" + parts.compactMap(indexed).joined(" OR ") + ")"
        case .any, .all, .not: nil
        }
    }

    /// `FROM record_term AS v WHERE …`; nil for what doesn't stand together there.
    private func rows(_ path: String, _ test: RecordTest) -> SQLFragment? {
        guard path != "id", test.isOrdered, let fits = RecordFilter.fits(test) else { return nil }
        return SQLFragment(
            "FROM record_term AS v WHERE v.collection = ? AND v.path = ? AND ", [.text(collection.rawValue), .text(path)]) + fits
    }
}

extension RecordTest {
    fileprivate var isOrdered: Bool {
        switch self {
        case .isOneOf, .isWithin: true
        case .exists, .like, .regexp: false
        }
    }
}

extension RecordCondition {
    /// Whether it names the records.
    fileprivate var isNamed: Bool { if case .value("id", .isOneOf) = self { true } else { false } }
}
