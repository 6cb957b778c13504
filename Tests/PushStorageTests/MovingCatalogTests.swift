import Testing

@testable import PushStorage

/// The list of tables that are moved is made from the migrations; the databases know what there is.
@Suite(.serialized) struct MovingCatalogTests {
    @Test(arguments: TestDatabase.Kind.available)
    func noTableIsForgotten(_ kind: TestDatabase.Kind) async throws {
        let test = try await TestDatabase(kind)
        let sql = switch kind {
        case .sqlite: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        case .postgres: "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()"
        }
        let there = try await test.database.sql.read { try $0.rows(sql, []).map { try $0.text(0) } }
        #expect(Set(there) == Set(Schema.tables(test.database.sql.dialect) + ["schema_version"]))
    }

    @Test(arguments: TestDatabase.Kind.available)
    func noTableComesBeforeOneThatItRefersTo(_ kind: TestDatabase.Kind) async throws {
        let test = try await TestDatabase(kind)
        let sql = switch kind {
        case .sqlite: "SELECT t.name, f.\"table\" FROM sqlite_master t JOIN pragma_foreign_key_list(t.name) f WHERE t.type = 'table'"
        case .postgres:
            """
            SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint
            WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
            """
        }
        let references = try await test.database.sql.read { try $0.rows(sql, []).map { (try $0.text(0), try $0.text(1)) } }
        let order = Schema.tables(test.database.sql.dialect)
        #expect(references.count > 5)
        for (table, other) in references {
            let places = (order.firstIndex(of: other), order.firstIndex(of: table))
            #expect(try #require(places.0) < #require(places.1), "\(table) refers to \(other)")
        }
    }

    @Test func everyTableHasAKeyThatPagesCanWalk() async throws {
        for kind in TestDatabase.Kind.available {
            let test = try await TestDatabase(kind)
            let plan = try await test.database.sql.read { [sql = test.database.sql] in
                try MovingPlan(Schema.tables(sql.dialect), sql.catalog, $0)
            }
            #expect(plan.tables.allSatisfy { !$0.key.isEmpty })
            #expect(plan.tables.filter { $0.counter != nil }.map(\.name) == ["slice", "event", "audit", "delivery_receipt"])
            #expect(plan.tables.first { $0.name == "device_topic" }?.keyList == "app, topic, shard, device")
        }
    }

    @Test(.enabled(if: TestDatabase.Kind.postgresURL != nil, "scripts/with-postgres starts a PostgreSQL"))
    func bothKindsDescribeTheSameTables() async throws {
        var plans: [[MovingTable]] = []
        for kind in TestDatabase.Kind.allCases {
            let test = try await TestDatabase(kind)
            plans.append(
                try await test.database.sql.read { [sql = test.database.sql] in
                    try MovingPlan(Schema.tables(sql.dialect), sql.catalog, $0).tables
                })
        }
        #expect(plans[0] == plans[1])
    }

    /// A page costs its rows: an index in the key's order, and no sorting.
    @Test func pagesWalkAnIndex() async throws {
        let test = try await TestDatabase(.sqlite)
        let pages = [
            "device WHERE (id) > ('a') ORDER BY id",
            "device_topic WHERE (app, topic, shard, device) > (1, 'a', 2, 'b') ORDER BY app, topic, shard, device",
        ]
        let plans = try await test.database.sql.read { connection in
            try pages.map { try connection.rows("EXPLAIN QUERY PLAN SELECT * FROM \($0) LIMIT 10", []).map { try $0.text(3) } }
        }
        #expect(plans.allSatisfy { $0.count == 1 && $0[0].hasPrefix("SEARCH") && $0[0].contains("INDEX") }, "\(plans)")
    }

    @Test func largeRowsMakeShortPages() async throws {
        let test = try await TestDatabase(.sqlite)
        try await MovingFixture.fill(test.database, rows: 60)
        let pages = try await test.database.sql.write { [catalog = test.database.sql.catalog] connection in
            try connection.execute("UPDATE message SET body = zeroblob(100000)", [])
            let table = MovingTable("message", try catalog.columns(of: "message", connection))
            var pages: [Int] = []
            try PageReader(table, connection).forEachPage { pages.append($0.count) }
            return pages
        }
        #expect(pages.reduce(0, +) == 60)
        #expect(pages.dropFirst().allSatisfy { $0 <= 10 }, "about a megabyte each: \(pages)")
    }
}
