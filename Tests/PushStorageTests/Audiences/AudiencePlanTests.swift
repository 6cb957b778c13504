import Foundation
import PushSender
import Testing

@testable import PushStorage

/// What databases read for a page among very many devices: those of the audience, in the order in which an index has them.
@Suite(.serialized) struct AudiencePlanTests {
    private static let lane = Population.lanes[0]
    /// Of every so many devices four are in `topic("rare")`, have `plan == "rare"` and are of the user `rare`.
    private static let rareEvery = 250

    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let audience: Audience
        var timeZone: String?
        /// Indexes that SQLite searches for the page's devices, in the order of its plan.
        let indexes: [String]
        /// Whether the devices come out of the index in order, so that only the page's are read.
        var isOrdered = true
    }

    static func cases() throws -> [Case] {
        func tags(_ text: String) throws -> Audience { Audience(tags: try AudienceExpression(text)) }
        let excluded = [Audience(users: ["x"], topics: ["y"])]
        return [
            Case(testDescription: "everyone", audience: .everyone, indexes: ["device_cursor"]),
            Case(testDescription: "a zone", audience: .everyone, timeZone: "Asia/Tokyo", indexes: ["device_zone"]),
            Case(testDescription: "a walk", audience: try tags("age >= 18"), indexes: ["device_cursor"]),
            Case(testDescription: "a walk in a zone", audience: try tags("not beta"), timeZone: "Asia/Tokyo", indexes: ["device_zone"]),
            Case(testDescription: "a topic", audience: Audience(topics: ["rare"]), indexes: ["device_topic_1"]),
            Case(testDescription: "a tag", audience: try tags(#"plan == "rare""#), indexes: ["USING PRIMARY KEY"]),
            Case(
                testDescription: "a topic in a zone", audience: Audience(topics: ["rare"]), timeZone: "Asia/Tokyo",
                indexes: ["device_topic_1"]),
            Case(
                testDescription: "a topic with filters",
                audience: Audience(
                    topics: ["rare"], tags: try AudienceExpression(#"age >= 18 and device.user != "u" and device.platform != "x""#),
                    excluded: excluded), indexes: ["device_topic_1"]),
            Case(testDescription: "the better of two", audience: try tags(#"beta and plan == "rare""#), indexes: ["USING PRIMARY KEY"]),
            Case(
                testDescription: "a user", audience: Audience(users: ["rare"], excluded: excluded), indexes: ["device_user"],
                isOrdered: false),
            Case(
                testDescription: "devices", audience: Audience(devices: (1...200).map { DeviceID(rawValue: "d\($0 * 7)") }),
                indexes: ["device_1"], isOrdered: false),
            Case(
                testDescription: "a union", audience: Audience(topics: ["rare"], saved: [try tags(#"plan == "rare" and age >= 18"#)]),
                indexes: ["device_topic_1", "USING PRIMARY KEY"], isOrdered: false),
            Case(
                testDescription: "very many topics", audience: Audience(topics: ["rare"] + (0..<100).map { "t\($0)" }),
                indexes: ["device_topic_1"], isOrdered: false),
        ]
    }

    @Test func sqliteSearchesTheRightIndexes() async throws {
        let test = try await TestDatabase(.sqlite)
        let database = test.database.sql
        try await Self.fill(database, devices: 100_000)
        for example in try Self.cases() {
            let query = Self.query(example)
            let (plan, page) = try await database.read { connection in
                (
                    try connection.rows("EXPLAIN QUERY PLAN " + query.sql, query.arguments).map { try $0.text(3) },
                    try connection.rows(query.sql, query.arguments).count
                )
            }
            #expect(page == 50, "\(example.testDescription) finds its devices")
            #expect(!plan.contains { $0.hasPrefix("SCAN") && !Self.isOwnResult($0) }, "\(example.testDescription): \(plan)")
            if example.isOrdered { #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(example.testDescription): \(plan)") }
            for index in example.indexes {
                #expect(plan.contains { $0.hasPrefix("SEARCH") && $0.contains(index) }, "\(example.testDescription): \(plan)")
            }
            if !example.indexes.contains(where: { $0.hasPrefix("device_cursor") || $0.hasPrefix("device_zone") }) {
                #expect(
                    !plan.contains { $0.contains("device_cursor") || $0.contains("device_zone") }, "\(example.testDescription): \(plan)")
            }
        }
        test.database.close()
    }

    /// Subqueries' results, which are no longer than a page.
    private static func isOwnResult(_ step: String) -> Bool { ["SCAN a", "SCAN m", "SCAN p"].contains { step.hasPrefix($0) } }

    @Test func postgresReadsAFewRowsForAPage() async throws {
        guard TestDatabase.Kind.available.contains(.postgres) else { return }
        let test = try await TestDatabase(.postgres)
        let database = test.database.sql
        try await Self.fill(database, devices: 50_000)
        try await database.write { _ = try $0.execute("ANALYZE", []) }
        for example in try Self.cases() {
            let query = Self.query(example)
            let (plan, page) = try await database.read { connection in
                (
                    try connection.rows("EXPLAIN (ANALYZE, TIMING OFF) " + query.sql, query.arguments).map { try $0.text(0) },
                    try connection.rows(query.sql, query.arguments).count
                )
            }
            #expect(page == 50, "\(example.testDescription) finds its devices")
            // A page is 50 devices; those of another lane or zone are read in vain. What isn't in order is read whole: 800 of `rare`.
            let bound = example.isOrdered ? 600 : 2500
            #expect(Self.rowsRead(plan) <= bound, "\(example.testDescription): \(plan.joined(separator: "\n"))")
        }
        test.database.close()
    }

    /// Of the plan's innermost steps, which read tables and indexes: rows given and rows thrown away.
    private static func rowsRead(_ plan: [String]) -> Int {
        var rows = 0
        var loops = 0
        for line in plan {
            if let match = line.firstMatch(of: /rows=(\d+)(?:\.\d+)? loops=(\d+)\)/) {
                loops = Int(match.2) ?? 0
                if line.contains("Scan") && !line.contains("Subquery Scan") { rows += (Int(match.1) ?? 0) * loops }
            } else if let match = line.firstMatch(of: /Rows Removed by (?:Filter|Index Recheck): (\d+)/) {
                rows += (Int(match.1) ?? 0) * loops
            }
        }
        return rows
    }

    // MARK: Very many devices

    private static func query(_ example: Case) -> AudienceQuery {
        let slice = Slice(
            id: 1, push: PushID(rawValue: "p"), lane: lane, timeZone: example.timeZone, range: .all,
            cursor: DeviceCursor(shard: 2, device: DeviceID(rawValue: "d")))
        return AudienceQuery(example.audience, slice: slice, app: .default, limit: 50, asOf: Population.now, columns: "d.address")
    }

    /// In two lanes and two time zones, half of the devices each; everybody is 20, and for half of them `beta` is true.
    private static func fill(_ database: any SQLDatabase, devices: Int) async throws {
        let numbers = "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < \(devices - 1))"
        let many = "i % \(rareEvery) < 4"
        let blob = database.dialect.blob == "BLOB" ? "CAST('d' || i AS BLOB)" : "('d' || i)::text::bytea"
        let joining = "INSERT INTO device_topic (app, topic, shard, device)"
        try await database.write { connection in
            for statement in [
                """
                INSERT INTO device
                  (id, app, provider, shard, address, address_hash, keys, environment, token_kind, app_identifier, user_id, created_at,
                   registered_at, time_zone)
                \(numbers) SELECT 'd' || i, 1, CASE WHEN i % 2 = 0 THEN 'webpush' ELSE 'fcm' END, i % 1024, 'd' || i, \(blob), \(blob), '', '',
                  '', CASE WHEN \(many) THEN 'rare' ELSE NULL END, 0, 0, CASE WHEN i % 4 < 2 THEN 'Asia/Tokyo' ELSE '' END FROM n
                """,
                "\(joining) \(numbers) SELECT 1, 'rare', i % 1024, 'd' || i FROM n WHERE \(many)",
                "\(joining) \(numbers) SELECT 1, 't1', i % 1024, 'd' || i FROM n WHERE i % 50 = 0",
                """
                INSERT INTO device_tag (app, name, value, shard, device)
                \(numbers) SELECT 1, 'plan', CASE WHEN \(many) THEN 'srare' ELSE 'sfree' END, i % 1024, 'd' || i FROM n
                """,
                """
                INSERT INTO device_tag (app, name, value, shard, device)
                \(numbers) SELECT 1, 'age', '\(TagKey.of(.number(20)) ?? "")', i % 1024, 'd' || i FROM n
                """,
                """
                INSERT INTO device_tag (app, name, value, shard, device)
                \(numbers) SELECT 1, 'beta', CASE WHEN i % 8 < 4 THEN 'b1' ELSE 'b0' END, i % 1024, 'd' || i FROM n
                """,
            ] { _ = try connection.execute(statement, []) }
        }
    }
}
