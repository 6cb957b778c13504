import Foundation
import PushSender
import Testing

@testable import PushStorage

/// What stands in the way of a move leaves the target as it was.
@Suite(.serialized) struct MovingFaultTests {
    typealias Route = MovingTests.Route
    private struct GaveUp: Error {}

    @Test(arguments: Route.all, [DatabaseMove.Progress.Step.copying, .verifying])
    func aMoveThatIsInterruptedCanBeRunAgain(_ route: Route, _ step: DatabaseMove.Progress.Step) async throws {
        let (source, target) = (try await TestDatabase(route.source), try await TestDatabase(route.target))
        try await MovingFixture.fill(source.database, rows: 200)
        let new = try await MovingFixture.contents(target.database)
        let move = DatabaseMove(from: source.database, to: target.database)
        await #expect(throws: GaveUp.self) {
            _ = try await move.run { if $0.step == step, $0.rows * 2 > $0.allRows { throw GaveUp() } }
        }
        #expect(try await MovingFixture.contents(target.database) == new, "nothing stays")
        _ = try await move.run()
        #expect(try await MovingFixture.contents(target.database) == MovingFixture.contents(source.database))
    }

    @Test(arguments: Route.all, ["device", "secret", "app"])
    func aTargetThatHoldsSomethingIsRefused(_ route: Route, _ table: String) async throws {
        let (source, target) = (try await TestDatabase(route.source), try await TestDatabase(route.target))
        try await MovingFixture.fill(source.database)
        let now = Date(milliseconds: 1)
        switch table {
        case "app": _ = try await SQLAppStore(target.database).create("other", now: now)
        case "secret": try await SQLSecretStore(target.database).put([1], as: "vapid.json", now: now)
        default:
            _ = try await SQLDeviceStore(target.database).register(
                DeviceRegistration(app: .default, provider: .apns, token: Token(address: "a")), newID: DeviceID(rawValue: "d"),
                now: now)
        }
        let before = try await MovingFixture.contents(target.database)
        let move = DatabaseMove(from: source.database, to: target.database)
        let error = await #expect(throws: StorageError.self) { _ = try await move.run() }
        #expect(error?.code == .notEmpty && error?.message.contains("rows in \(table).") == true)
        #expect(try await MovingFixture.contents(target.database) == before)
    }

    @Test(arguments: Route.all)
    func theSameTwiceIsRefused(_ route: Route) async throws {
        let (source, target) = (try await TestDatabase(route.source), try await TestDatabase(route.target))
        try await MovingFixture.fill(source.database)
        let move = DatabaseMove(from: source.database, to: target.database)
        _ = try await move.run()
        let error = await #expect(throws: StorageError.self) { _ = try await move.run() }
        #expect(error?.code == .notEmpty)
    }

    /// What a trigger, standing in for any fault, does to a row on its way.
    enum Fault: String, Sendable, CaseIterable {
        case changed, lost

        func trigger(_ kind: TestDatabase.Kind) -> [String] {
            switch (self, kind) {
            case (.changed, .sqlite): Self.sqlite("UPDATE failure SET reason = ' ' WHERE push = NEW.push;")
            case (.lost, .sqlite): Self.sqlite("DELETE FROM failure WHERE push = NEW.push;")
            case (.changed, .postgres): Self.postgres("IF NEW.reason = '' THEN NEW.reason := ' '; END IF; RETURN NEW;")
            case (.lost, .postgres): Self.postgres("IF NEW.reason = '' THEN RETURN NULL; END IF; RETURN NEW;")
            }
        }

        private static func sqlite(_ body: String) -> [String] {
            ["CREATE TRIGGER t AFTER INSERT ON failure WHEN NEW.reason = '' BEGIN \(body) END"]
        }

        private static func postgres(_ body: String) -> [String] {
            [
                "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \(body) END $$",
                "CREATE TRIGGER t BEFORE INSERT ON failure FOR EACH ROW EXECUTE FUNCTION f()",
            ]
        }
    }

    @Test(arguments: Route.all, Fault.allCases)
    func aRowThatDiffersIsNoticed(_ route: Route, _ fault: Fault) async throws {
        let (source, target) = (try await TestDatabase(route.source), try await TestDatabase(route.target))
        try await MovingFixture.fill(source.database)
        let new = try await MovingFixture.contents(target.database)
        try await target.database.sql.write { for statement in fault.trigger(route.target) { try $0.execute(statement, []) } }
        let move = DatabaseMove(from: source.database, to: target.database)
        let error = await #expect(throws: StorageError.self) { _ = try await move.run() }
        #expect(error?.code == .differs && error?.message.hasPrefix("table failure differs") == true)
        #expect(try await MovingFixture.contents(target.database) == new)
    }

    @Test(.enabled(if: TestDatabase.Kind.postgresURL != nil, "scripts/with-postgres starts a PostgreSQL"))
    func aConnectionLostInTheMiddleIsToldAndLeavesNothing() async throws {
        let source = try await TestDatabase(.sqlite)
        let settings = try TestDatabase.postgres()
        let target = try OpenDatabase(postgres: settings)
        try await MovingFixture.fill(source.database, rows: 200)
        let administrator = try PostgresLink(settings)
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE relation = to_regclass('device') AND pid <> pg_backend_pid()"
        let cutting = Locked(administrator)
        let error = await #expect(throws: StorageError.self) {
            _ = try await DatabaseMove(from: source.database, to: target).run {
                if $0.rows * 2 > $0.allRows { try cutting.run(cut) }
            }
        }
        #expect(error?.code == .unavailable)
        _ = try await DatabaseMove(from: source.database, to: target).run()
        #expect(try await MovingFixture.contents(target) == MovingFixture.contents(source.database))
    }

    // MARK: The source's file

    @Test func aFileThatIsNotThereIsNotMade() throws {
        let file = TemporaryDatabase()
        let error = #expect(throws: StorageError.self) { try OpenDatabase(existingSQLite: file.url) }
        #expect(error?.code == .cannotOpen)
        #expect(!FileManager.default.fileExists(atPath: file.url.path))
    }

    @Test func somebodyElsesFileIsLeftAlone() throws {
        let file = TemporaryDatabase()
        for content in [Data(), Data(repeating: 0x41, count: 8192)] {
            try content.write(to: file.url)
            #expect(throws: StorageError.self) { try OpenDatabase(existingSQLite: file.url) }
            #expect(try Data(contentsOf: file.url) == content)
        }
    }
}

/// One thread at a time uses the connection.
private final class Locked: @unchecked Sendable {
    // Behind the lock alone.
    private let link: PostgresLink
    private let lock = NSLock()

    init(_ link: PostgresLink) { self.link = link }

    func run(_ sql: String) throws { _ = try lock.withLock { try link.run([.command(sql)]) } }
}
