#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import PushSender

/// SQL that finds an audience's devices within a scope: tables with the device's row as `d`, and what must hold.
struct AudienceSource {
    /// Which devices come into question at all; active ones in any case.
    struct Scope {
        let app: AppID
        let slice: Slice?
        let now: Date
    }

    /// Each finds devices in the order of cursors if it says so; together they find every one, some perhaps more than once.
    let branches: [Branch]

    struct Branch {
        /// `FROM … WHERE …`
        let tables: SQLFragment
        /// The columns that `(shard, id)` are read and put in order by.
        let order: String
    }

    private static let mostBranches = 16
    /// SQLite takes 32,766 in one statement, of which the page's own need a few.
    private static let mostArguments = 24_000

    init(_ condition: AudienceCondition, _ scope: Scope) {
        let condition = scope.slice.map { condition.assuming(provider: $0.lane.provider, timeZone: $0.timeZone) } ?? condition
        let plan = AudiencePlan(condition)
        let walk = [Self.walk(condition, scope)]
        guard let drivers = plan.drivers, !drivers.isEmpty else {
            branches = plan.drivers == nil ? walk : [Branch(tables: SQLFragment("FROM device AS d WHERE FALSE"), order: "d.shard, d.id")]
            return
        }
        // One driver for each name if they are few; else what they find is gathered and put in order for each page.
        let candidates = [drivers.flatMap(\.apart), drivers].filter { $0.count <= Self.mostBranches }.lazy.map {
            $0.map { Self.branch($0, plan.rest, scope) }
        }
        branches = candidates.first { $0.reduce(0) { $0 + $1.tables.arguments.count } <= Self.mostArguments } ?? walk
    }

    // MARK: Tables

    /// Along the index of cursors, or that of one time zone.
    private static func walk(_ condition: AudienceCondition, _ scope: Scope) -> Branch {
        let filter = AudienceFilter(app: scope.app, now: scope.now).opaque([], condition)
        return Branch(
            tables: "FROM device AS d WHERE " + (scope.conditions + [filter].compactMap { $0 }).joined(" AND "), order: "d.shard, d.id")
    }

    private static func branch(_ driver: AudienceDriver, _ rest: AudienceCondition, _ scope: Scope) -> Branch {
        let filter = AudienceFilter(app: scope.app, now: scope.now).opaque(scope.conditions, rest)
        return switch driver {
        case .devices(let ids): named("d.id", ids, [], filter)
        case .users(let users): named("d.user_id", users, [SQLFragment("d.app = ?", [.integer(scope.app.rawValue)])], filter)
        case .topics(let topics): memberships("device_topic", "m.topic IN " + Self.list(topics), topics.count > 1, scope, filter)
        case .tag(let name, let values):
            memberships(
                "device_tag", SQLFragment("m.name = ? AND m.value IN ", [.text(name)]) + Self.list(values), values.count > 1, scope, filter)
        case .records(let place, let values): records(place, values, scope, filter)
        }
    }

    private static func named(_ column: String, _ names: [String], _ conditions: [SQLFragment], _ filter: SQLFragment?) -> Branch {
        let conditions = conditions + ["\(column) IN " + list(names)] + [filter].compactMap { $0 }
        return Branch(tables: "FROM device AS d WHERE " + conditions.joined(" AND "), order: "d.shard, d.id")
    }

    /// A table that holds devices in the order of cursors; SQLite reads what stands before `CROSS JOIN` first.
    private static func memberships(
        _ table: String, _ condition: SQLFragment, _ mayRepeat: Bool, _ scope: Scope, _ filter: SQLFragment?
    ) -> Branch {
        let app = SQLFragment("m.app = ?", [.integer(scope.app.rawValue)])
        let rows = "\(table) AS m WHERE " + ([app, condition] + scope.bounds("m.shard", "m.device")).joined(" AND ")
        let device = " CROSS JOIN device AS d WHERE d.id = m.device" + (filter.map { " AND " + $0 } ?? SQLFragment(""))
        let tables = "FROM (SELECT \(mayRepeat ? "DISTINCT " : "")m.shard, m.device FROM " + rows + ") AS m" + device
        return Branch(tables: tables, order: "m.shard, m.device")
    }

    /// As ``memberships``: a record has its device's id.
    private static func records(_ place: RecordPlace, _ values: [String], _ scope: Scope, _ filter: SQLFragment?) -> Branch {
        let place = SQLFragment("m.collection = ? AND m.path = ?", [.text(place.collection.rawValue), .text(place.path)])
        let rows = "record_term AS m WHERE " + ([place, "m.value IN " + list(values)] + scope.bounds("m.shard", "m.record")).joined(" AND ")
        let device = " CROSS JOIN device AS d WHERE d.id = m.record" + (filter.map { " AND " + $0 } ?? SQLFragment(""))
        let tables = "FROM (SELECT \(values.count > 1 ? "DISTINCT " : "")m.shard, m.record FROM " + rows + ") AS m" + device
        return Branch(tables: tables, order: "m.shard, m.record")
    }

    private static func list(_ names: [String]) -> SQLFragment { .list(names.map { .text($0) }) }
}

extension AudienceSource.Scope {
    /// What must hold of `d`.
    var conditions: [SQLFragment] {
        let app = SQLFragment("d.app = ?", [.integer(app.rawValue)])
        let lane = slice.map { slice in
            SQLFragment(
                "d.provider = ? AND d.environment = ?", [.text(slice.lane.provider.rawValue), .text(slice.lane.environment.rawValue)])
        }
        let zone = slice?.timeZone.map { SQLFragment("d.time_zone = ?", [.text($0)]) }
        return [app] + [lane, zone].compactMap { $0 } + [SQLFragment("d.disabled_at IS NULL")] + bounds("d.shard", "d.id")
    }

    /// After the slice's cursor, within its range.
    func bounds(_ shard: String, _ id: String) -> [SQLFragment] {
        guard let slice else { return [] }
        let last = SQLFragment("\(shard) <= ?", [.integer(slice.range.last)])
        guard let cursor = slice.cursor else { return [SQLFragment("\(shard) >= ?", [.integer(slice.range.first)]), last] }
        return [SQLFragment("(\(shard), \(id)) > (?, ?)", [.integer(cursor.shard), .text(cursor.device.rawValue)]), last]
    }
}
