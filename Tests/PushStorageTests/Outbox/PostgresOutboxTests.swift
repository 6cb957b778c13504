import Foundation
import Testing

@testable import PushStorage

/// Over a table in a real PostgreSQL.
@Suite(
    .serialized, .timeLimit(.minutes(1)),
    .enabled(if: TestDatabase.Kind.postgresURL != nil, "scripts/with-postgres starts a PostgreSQL"))
struct PostgresOutboxTests {
    private let settings: OutboxSettings
    private let link: PostgresLink

    init() throws {
        let postgres = try TestDatabase.postgres()
        link = try PostgresLink(postgres)
        var settings = OutboxSettings(name: "n", url: postgres.url, table: try #require(SQLName("\"Out box\"")))
        settings.pageRows = 3
        settings.channel = SQLName("changed")
        self.settings = settings
        _ = try link.run([
            .command(
                """
                CREATE TABLE "Out box" (id bigserial PRIMARY KEY, method text, payload jsonb, partition int NOT NULL DEFAULT 0)
                """)
        ])
    }

    private func insert(_ rows: [(method: String, partition: Int)]) throws {
        _ = try link.run(
            rows.map {
                .init(
                    sql: "INSERT INTO \"Out box\" (method, payload, partition) VALUES (?, '{\"n\":1.10}', ?)",
                    arguments: [.text($0.method), .integer($0.partition)])
            })
    }

    private func left() throws -> [String] {
        let answer = try link.run([.init(sql: "SELECT method FROM \"Out box\" ORDER BY id", arguments: [])])
        return try answer.first?.rows.map { try $0.text(0) } ?? []
    }

    @Test func whatIsOverIsDeletedAndTheRestStays() async throws {
        try insert([("a", 0), ("b", 0), ("x", 1), ("c", 0), ("d", 0)])
        let outbox = PostgresOutbox(settings)
        let page = try await outbox.page(of: 0) { rows in
            #expect(rows.map(\.method) == ["a", "b", "c"] && rows.allSatisfy { $0.payload == #"{"n": 1.10}"# })
            return OutboxPage(rows: rows.count, settled: 2, isBlocked: true)
        }
        #expect(page == OutboxPage(rows: 3, settled: 2, isBlocked: true))
        #expect(try left() == ["x", "c", "d"])
        #expect(try await outbox.page(of: 7) { _ in OutboxPage(rows: 1, settled: 1) } == OutboxPage(rows: 0, settled: 0))
        await outbox.close()
    }

    @Test func onlyOneWorksOnAPartition() async throws {
        try insert([("a", 0), ("x", 1)])
        let one = PostgresOutbox(settings), other = PostgresOutbox(settings)
        _ = try await one.page(of: 0) { rows in
            #expect(await Self.nothing(other, 0), "as long as the transaction goes on")
            #expect(await !Self.nothing(other, 1), "another partition is free")
            return OutboxPage(rows: rows.count, settled: 0)
        }
        #expect(try left() == ["a"], "whoever settled nothing deleted nothing")
        #expect(await !Self.nothing(other, 0))
        var renamed = settings
        renamed.name = "m"
        let stranger = PostgresOutbox(renamed)
        try insert([("a", 0)])
        _ = try await one.page(of: 0) { rows in
            #expect(await !Self.nothing(stranger, 0), "another consumer has locks of its own")
            return OutboxPage(rows: rows.count, settled: 0)
        }
        await one.close()
        await other.close()
    }

    private static func nothing(_ outbox: PostgresOutbox, _ partition: Int) async -> Bool {
        (try? await outbox.page(of: partition) { OutboxPage(rows: $0.count, settled: $0.count) }) == .some(nil)
    }

    @Test func theLockIsCentrifugos() async throws {
        try insert([("a", 0)])
        let theirs = try link.run([
            .command("BEGIN"),
            .init(sql: "SELECT pg_try_advisory_xact_lock(hashtext('centrifugo_partition_lock_n0'))", arguments: []),
        ])
        #expect(try theirs.last?.rows.first?.int(0) == 1)
        let outbox = PostgresOutbox(settings)
        #expect(await Self.nothing(outbox, 0))
        _ = try link.run([.command("COMMIT")])
        #expect(await !Self.nothing(outbox, 0))
        await outbox.close()
    }

    @Test func aRowIsToldFromAnyOtherThatEverWas() async throws {
        var identities: [String] = []
        let outbox = PostgresOutbox(settings)
        for _ in 1...2 {
            try insert([("a", 0)])
            for _ in 1...2 {
                let seen = Seen()
                _ = try await outbox.page(of: 0) { rows in
                    await seen.note(rows)
                    return OutboxPage(rows: rows.count, settled: 0)
                }
                identities += await seen.identities
            }
            _ = try link.run([.command("TRUNCATE \"Out box\" RESTART IDENTITY")])
        }
        #expect(identities.count == 4 && identities[0] == identities[1] && identities[2] == identities[3])
        #expect(identities[1] != identities[2])
        await outbox.close()
    }

    private actor Seen {
        var identities: [String] = []
        func note(_ rows: [OutboxRow]) { identities += rows.map(\.identity) }
    }

    @Test func aLostConnectionIsMadeAgain() async throws {
        try insert([("a", 0)])
        let outbox = PostgresOutbox(settings)
        await #expect(throws: StorageError.self) {
            _ = try await outbox.page(of: 0) { [settings] rows in
                Self.endOthers(settings)
                return OutboxPage(rows: rows.count, settled: 1)
            }
        }
        #expect(try left() == ["a"])
        #expect(await !Self.nothing(outbox, 0))
        #expect(try left() == [])
        await outbox.close()
    }

    /// Ends whoever is in the middle of a transaction on this table's lock.
    private static func endOthers(_ settings: OutboxSettings) {
        _ = try? PostgresLink(PostgresSettings(url: settings.url)).run([
            .command(
                """
                SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'
                  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                  AND objid::bigint = hashtext('centrifugo_partition_lock_n0') & 4294967295
                """
            )
        ])
    }

    @Test func aNotificationEndsARest() async throws {
        let outbox = PostgresOutbox(settings)
        #expect(await Self.nothing(outbox, 0) == false)
        _ = try link.run([.command("NOTIFY changed, '3'"), .command("NOTIFY changed, 'nonsense'")])
        #expect(await outbox.rest(for: .seconds(50)) == [3])
        async let resting = outbox.rest(for: .seconds(50))
        outbox.hurry()
        #expect(await resting == [], "nor does the end of the server wait for it")
        await outbox.close()
    }
}
