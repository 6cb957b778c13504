import Foundation
import PushSender
import Testing

@testable import PushStorage

@Suite struct SQLiteDatabaseTests {
    private let file = TemporaryDatabase()

    private struct Refused: Error {}

    @Test func whatIsWrittenSurvivesReopening() async throws {
        try await SQLKeyStore(try OpenDatabase(sqlite: file.url)).put(
            secret: "s", id: "1", app: .default, name: "n", scope: .send, now: Date())
        let reopened = SQLKeyStore(try OpenDatabase(sqlite: file.url))
        #expect(try await reopened.key(secret: "s")?.scope == .send)
        #expect(try await reopened.key(secret: "S") == nil)
    }

    @Test func aFailingWriteTakesNothingOfItsNeighboursWithIt() async throws {
        let database = try SQLiteDatabase(file: file.url)
        _ = try await database.write { try $0.execute("CREATE TABLE t (n INTEGER PRIMARY KEY)", []) }
        let kept = await withTaskGroup(of: Int?.self) { group in
            for number in 0..<200 {
                group.addTask {
                    try? await database.write { connection in
                        try connection.execute("INSERT INTO t VALUES (?)", [.integer(number)])
                        if number % 3 == 0 { throw Refused() }
                        return number
                    }
                }
            }
            return await group.reduce(into: Set<Int>()) { kept, number in if let number { kept.insert(number) } }
        }
        let stored = try await database.read { try $0.rows("SELECT n FROM t", []).map { try $0.int(0) } }
        #expect(Set(stored) == kept)
        #expect(kept == Set((0..<200).filter { $0 % 3 != 0 }))
    }

    /// It has a commit of its own, without a savepoint.
    @Test func aWriteThatFailsAloneLeavesNothing() async throws {
        let database = try SQLiteDatabase(file: file.url)
        _ = try await database.write { try $0.execute("CREATE TABLE t (n INTEGER PRIMARY KEY)", []) }
        await #expect(throws: Refused.self) {
            try await database.write { connection in
                try connection.execute("INSERT INTO t VALUES (1)", [])
                throw Refused()
            }
        }
        _ = try await database.write { try $0.execute("INSERT INTO t VALUES (2)", []) }
        #expect(try await database.read { try $0.rows("SELECT n FROM t", []).map { try $0.int(0) } } == [2])
    }

    @Test func everyCommitIsFlushedToDisk() async throws {
        let database = try SQLiteDatabase(file: file.url)
        let full = try await database.write { try $0.row("PRAGMA synchronous")?.int(0) }
        let journal = try await database.read { try $0.row("PRAGMA journal_mode")?.text(0) }
        #expect(full == 2 && journal == "wal")
    }

    @Test func aNewerSchemaIsRefused() async throws {
        do {
            let database = try SQLiteDatabase(file: file.url)
            _ = try await database.write { try $0.execute("INSERT INTO schema_version (version) VALUES (999)", []) }
        }
        let error = #expect(throws: StorageError.self) { try SQLiteDatabase(file: file.url) }
        #expect(error?.code == .newerSchema)
    }

    @Test func aFileThatIsNoDatabaseIsRefused() throws {
        try Data(repeating: 0x41, count: 8192).write(to: file.url)
        let error = #expect(throws: StorageError.self) { try SQLiteDatabase(file: file.url) }
        #expect(error?.code == .cannotOpen)
    }

    /// A page must cost the devices in it: an index in cursor order, and no sorting.
    @Test(arguments: [
        Audience.everyone, Audience(topics: ["news"]),
    ])
    func pagesWalkAnIndexInOrder(_ audience: Audience) async throws {
        let database = try SQLiteDatabase(file: file.url)
        let slice = Slice(
            id: 1, push: PushID(rawValue: "p"), lane: Lane(app: .default, provider: .webPush), range: .all,
            cursor: DeviceCursor(shard: 5, device: DeviceID(rawValue: "x")))
        let query = AudienceQuery(audience, slice: slice, app: .default, limit: 10, asOf: Date(timeIntervalSince1970: 0),
            columns: TokenRow.columns("d."))
        let plan = try await database.read { connection in
            try connection.rows("EXPLAIN QUERY PLAN " + query.sql, query.arguments).map { try $0.text(3) }
        }
        #expect(!plan.contains { $0.contains("TEMP B-TREE") || $0.hasPrefix("SCAN") }, "\(plan)")
    }
}
