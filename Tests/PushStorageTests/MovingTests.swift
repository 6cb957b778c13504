import Foundation
import PushSender
import Synchronization
import Testing

@testable import PushStorage

@Suite(.serialized) struct MovingTests {
    /// From a kind of database to a kind.
    struct Route: Sendable, CustomTestStringConvertible {
        let source: TestDatabase.Kind
        let target: TestDatabase.Kind
        var testDescription: String { "\(source) to \(target)" }

        static let all = TestDatabase.Kind.available.flatMap { source in
            TestDatabase.Kind.available.map { Route(source: source, target: $0) }
        }
    }

    @Test(arguments: Route.all)
    func everyRowOfEveryTableArrives(_ route: Route) async throws {
        let (source, target) = (try await TestDatabase(route.source), try await TestDatabase(route.target))
        try await MovingFixture.fill(source.database)
        let before = try await MovingFixture.contents(source.database)
        #expect(before.allSatisfy { $0.value.count >= 3 }, "no table is left empty")

        let moved = try await DatabaseMove(from: source.database, to: target.database).run()

        #expect(try await MovingFixture.contents(target.database) == before)
        #expect(moved.map(\.name) == Schema.tables(.sqlite))
        #expect(moved.allSatisfy { $0.rows == before[$0.name]?.count && $0.checksum.count == 64 })
    }

    /// Several pages, and rows of very different size.
    @Test(arguments: Route.all)
    func largeTablesAndLargeRowsArrive(_ route: Route) async throws {
        let (source, target) = (try await TestDatabase(route.source), try await TestDatabase(route.target))
        try await MovingFixture.fill(source.database, rows: 700)
        try await source.database.sql.write {
            try $0.execute(
                "UPDATE message SET body = ? WHERE uaid = (SELECT uaid FROM message ORDER BY uaid LIMIT 1)",
                [.blob([UInt8](repeating: 7, count: 3_000_000))])
        }
        let pages = Mutex<[DatabaseMove.Progress]>([])
        _ = try await DatabaseMove(from: source.database, to: target.database).run { page in pages.withLock { $0.append(page) } }
        #expect(try await MovingFixture.contents(target.database) == MovingFixture.contents(source.database))

        let progress = pages.withLock { $0 }
        #expect(progress.map(\.fraction) == progress.map(\.fraction).sorted())
        #expect(progress.last?.fraction == 1 && progress.last?.step == .verifying)
        let steps = zip(progress, progress.dropFirst()).map { $1.rows - $0.rows }
        #expect(steps.allSatisfy { $0 <= 500 }, "no page is larger")
    }

    @Test(arguments: Route.all)
    func theStoresFindWhatTheyLeft(_ route: Route) async throws {
        let (source, target) = (try await TestDatabase(route.source), try await TestDatabase(route.target))
        let token = Token(address: "https://push.example/🔔", keys: [0, 1, 0])
        let registration = DeviceRegistration(app: .default, provider: .webPush, token: token, user: "ann", topics: ["news", ""])
        let device = try await SQLDeviceStore(source.database)
            .register(registration, newID: DeviceID(rawValue: "d"), now: Date(milliseconds: 1)).device
        try await SQLKeyStore(source.database).put(
            secret: "s", id: "k", app: .default, name: "n", scope: .admin, now: Date(milliseconds: 2))

        _ = try await DatabaseMove(from: source.database, to: target.database).run()

        #expect(try await SQLDeviceStore(target.database).device(device.id, app: .default) == device)
        #expect(try await SQLKeyStore(target.database).key(secret: "s")?.id == "k")
        #expect(try await SQLAppStore(target.database).apps() == SQLAppStore(source.database).apps())
    }

    /// A number that was given once is never given again, even when its row is gone.
    @Test(arguments: Route.all)
    func countersGoOnAbove(_ route: Route) async throws {
        let (source, target) = (try await TestDatabase(route.source), try await TestDatabase(route.target))
        try await MovingFixture.fill(source.database, rows: 2)
        let insert = """
            INSERT INTO slice (push, app, provider, environment, kind, first_shard, last_shard)
            VALUES ('', 1, '', '', 0, 0, 0) RETURNING id
            """
        let numbers = try await source.database.sql.write { connection in
            let given = try (0..<3).map { _ in try connection.row(insert)?.integer(0) ?? 0 }
            try connection.execute("DELETE FROM slice WHERE id = ?", [.integer(given[2])])
            return given
        }
        _ = try await DatabaseMove(from: source.database, to: target.database).run()
        let next = try await target.database.sql.write { try $0.row(insert)?.integer(0) }
        #expect(next == numbers[2] + 1)
    }

    @Test(arguments: Route.all)
    func anEmptyServerMovesToo(_ route: Route) async throws {
        let (source, target) = (try await TestDatabase(route.source), try await TestDatabase(route.target))
        let moved = try await DatabaseMove(from: source.database, to: target.database).run()
        #expect(moved.filter { $0.rows > 0 }.map(\.name) == ["app", "message_tally"])
    }

    @Test(arguments: Route.all)
    func additionsComeInTheSameTransaction(_ route: Route) async throws {
        let (source, target) = (try await TestDatabase(route.source), try await TestDatabase(route.target))
        for id in ["a", "b"] {
            try await SQLKeyStore(source.database).put(secret: id, id: id, app: .default, name: "", scope: .read, now: Date())
        }
        _ = try await DatabaseMove(from: source.database, to: target.database).run(
            adding: .init(secrets: ["vapid.json": [1, 0, 2]], leftOutKeys: ["a"]))
        #expect(try await SQLSecretStore(target.database).secret("vapid.json")?.sealed == [1, 0, 2])
        #expect(try await SQLKeyStore(target.database).keys().map(\.id) == ["b"])
    }
}
