import Foundation
import PushSender
import Testing

@testable import PushStorage

/// Where databases look for records.
@Suite struct RecordQueryTests {
    private let things = RecordCollection(rawValue: "things")
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    /// A thousand records; every tenth is of a kind.
    private func filled(_ kind: TestDatabase.Kind) async throws -> TestDatabase {
        let test = try await TestDatabase(kind), store = SQLRecordStore(test.database)
        let entries = (0..<1000).map { index in
            RecordEntry(
                RecordDraft(body: #"{"user":"u\#(index)","kind":\#(index % 10),"list":["a","l\#(index)"],"odd":{"one":"o\#(index)"}}"#),
                newID: RecordID(rawValue: "r\(index + 1000)"))
        }
        _ = try await store.put(entries, into: things, now: now)
        return test
    }

    private func plan(_ condition: RecordCondition, _ test: TestDatabase) async throws -> String {
        let explain = test.database.sql is SQLiteDatabase ? "EXPLAIN QUERY PLAN " : "EXPLAIN "
        return try await test.database.sql.read { connection in
            let statement = try RecordPage.statement(RecordQuery(condition), RecordSource(collection: things, connection: connection))
            return try connection.rows(explain + statement.sql, statement.arguments)
                .map { try $0.text($0.values.count == 1 ? 0 : 3) }.joined(separator: "\n")
        }
    }

    private static let equal: [RecordCondition] = [
        .equals("user", .string("u7")), .equals("list", .string("l7")), .equals("odd.one", .string("o7")), 
        .value(at: "user", .isOneOf([.string("u7"), .string("nobody")])),
        .all([.equals("kind", .number(7)), .equals("user", .string("u7"))]),
        .any([.equals("list", .string("l7")), .equals("user", .string("u7"))]),
    ]

    /// What very many are is asked of the few that something else finds, not looked for.
    @Test(arguments: TestDatabase.Kind.available) func theFewestAreLookedFor(_ kind: TestDatabase.Kind) async throws {
        let test = try await filled(kind)
        let few = RecordCondition.equals("user", .string("u7")), many = [RecordCondition.equals("list", .string("a")), .equals("kind", .number(7))]
        for parts in [[few] + many, many + [few], [many[0], .all([few, many[1]])]] {
            let tables = try await test.database.sql.read { connection in
                try RecordSource(collection: things, connection: connection).tables(.all(parts))
            }
            let driver = try #require(tables.sql.range(of: "r.id IN (SELECT v.record"))
            let before = tables.sql[..<driver.lowerBound].count { $0 == "?" }
            #expect(tables.arguments[before + 1] == .text("user"))
            #expect(tables.sql.components(separatedBy: "r.id IN (SELECT").count == 2)
        }
    }

    @Test(arguments: TestDatabase.Kind.available) func whatIsEqualIsFoundByTheIndexOfValues(_ kind: TestDatabase.Kind) async throws {
        let test = try await filled(kind), store = SQLRecordStore(test.database)
        if kind == .postgres { _ = try await test.database.sql.write { try $0.execute("ANALYZE record_term", []) } }
        for condition in Self.equal {
            let plan = try await plan(condition, test)
            let isIndexed = kind == .sqlite
                ? plan.contains("SEARCH v USING PRIMARY KEY (collection=? AND path=? AND value=?)") && !plan.contains("SCAN")
                : plan.contains("record_term_pkey") && !plan.contains("Seq Scan")
            #expect(isIndexed, "\(condition): \(plan)")
            #expect(try await store.records(RecordQuery(condition), in: things).map(\.id.rawValue) == ["r1007"])
        }
    }

    @Test(arguments: TestDatabase.Kind.available) func recordsAreFoundByTheirIDs(_ kind: TestDatabase.Kind) async throws {
        let test = try await filled(kind)
        let ids = RecordCondition.value(at: "id", .isOneOf((0..<500).map { .string("r\($0 + 1000)") }))
        for condition in [.equals("id", .string("r1007")), ids, .value(at: "id", .isWithin([RecordBound(.greater, .string("r1990"))]))] {
            let plan = try await plan(condition, test)
            #expect(plan.contains(kind == .sqlite ? "SEARCH r USING INDEX sqlite_autoindex_record_1 (collection=? AND id" : "record_pkey"), "\(plan)")
            #expect(!plan.contains("record_term"))
        }
        #expect(try await SQLRecordStore(test.database).count(ids, in: things) == 500)
    }

    @Test(arguments: TestDatabase.Kind.available) func anAudienceOfRecordsIsWalkedInTheIndexOfValues(_ kind: TestDatabase.Kind) async throws {
        let test = try await TestDatabase(kind), records = SQLRecordStore(test.database), pushes = SQLPushStore(test.database)
        let entries = (0..<300).map { index in
            var device = RecordDevice(appName: "default", provider: .fcm, token: Token(address: "t\(index)"))
            device.user = index % 2 == 0 ? "even" : "odd"
            return RecordEntry(
                RecordDraft(body: #"{"kind":\#(index % 3),"name":"n\#(index)"}"#, device: device), newID: RecordID(rawValue: "r\(index + 1000)"))
        }
        _ = try await records.put(entries, into: things, now: now)
        // A device that is no record is in none of them, whatever it isn't.
        _ = try await SQLDeviceStore(test.database).register(
            DeviceRegistration(app: .default, provider: .fcm, token: Token(address: "native")), newID: DeviceID(rawValue: "native"), now: now)
        let conditions: [(RecordCondition, (Int) -> Bool)] = [
            (.always, { _ in true }), (.equals("kind", .number(1)), { $0 % 3 == 1 }), (.not(.equals("kind", .number(1))), { $0 % 3 != 1 }),
            (.any([.equals("kind", .number(1)), .value(at: "name", .regexp("^n1", ignoresCase: false))]), { $0 % 3 == 1 || "\($0)".hasPrefix("1") }),
            (.all([.equals("kind", .number(0)), .value(at: "name", .like("7", ignoresCase: false))]), { $0 % 3 == 0 && "\($0)".contains("7") }),
            (.never, { _ in false }), (.not(.exists("nowhere")), { _ in true }), (.equals("id", .string("r1001")), { $0 == 1 }),
            (.value(at: "id", .like("99", ignoresCase: false)), { "\($0)".hasSuffix("99") }),
        ]
        for (condition, isMeant) in conditions {
            var audience = Audience()
            audience.records = RecordAudience(things, condition)
            // As it stands in a push.
            audience = try JSONDecoder().decode(Audience.self, from: JSONEncoder().encode(audience))
            let wanted = Set((0..<300).filter(isMeant).map { "r\($0 + 1000)" })
            #expect(try await ids(audience, test) == wanted, "\(condition)")
            #expect(try await pushes.count(audience, app: .default).values.reduce(0, +) == wanted.count)
        }
    }

    @Test(arguments: TestDatabase.Kind.available) func aRecordIsGoneWhileItsDevicesTokenIsDead(_ kind: TestDatabase.Kind) async throws {
        let test = try await TestDatabase(kind), store = SQLRecordStore(test.database), id = RecordID(rawValue: "r1")
        let device = RecordDevice(appName: "default", provider: .fcm, token: Token(address: "t"))
        let draft = RecordDraft(body: #"{"token":"t"}"#, device: device), twin = RecordCondition.equals("token", .string("t"))
        _ = try await store.put([RecordEntry(draft, newID: id, twin: twin)], into: things, now: now)
        let dead = DeviceEntry(DeviceRegistration(app: .default, provider: .fcm, token: Token(address: "t")), disabledAt: now)
        #expect(try await SQLDeviceStore(test.database).register(DeviceBatch([dead], now: now), app: .default, now: now) == [.renewed])
        #expect(try await store.record(id, in: things) == nil)
        #expect(try await store.count(twin, in: things) == 0)
        #expect(try await store.change(id, in: things, now: now) { _ in draft } == nil)
        #expect(try await store.remove([id], in: things) == 0)
        let again = RecordEntry(draft, newID: RecordID(rawValue: "r2"), twin: twin)
        #expect(try await store.put([again], into: things, now: now).map { $0?.id } == [id])
        #expect(try await store.records(RecordQuery(), in: things).map(\.id) == [id])
    }

    /// Page by page, as a worker reads them.
    private func ids(_ audience: Audience, _ test: TestDatabase) async throws -> Set<String> {
        var slice = Slice(
            id: 1, push: PushID(rawValue: "p"), lane: Lane(app: .default, provider: .fcm), range: .all, cursor: nil)
        var ids: [String] = []
        while true {
            let query = AudienceQuery(audience, slice: slice, app: .default, limit: 40, asOf: now, columns: "d.address")
            let page = try await test.database.sql.read { try $0.rows(query.sql, query.arguments).map { try $0.text(0) } }
            ids += page
            guard page.count == 40, let last = page.last else { break }
            slice.cursor = DeviceCursor(shard: ShardRange.shard(of: last), device: DeviceID(rawValue: last))
        }
        #expect(Set(ids).count == ids.count)
        return Set(ids)
    }
}
