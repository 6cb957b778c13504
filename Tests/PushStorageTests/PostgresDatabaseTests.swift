import Foundation
import PushSender
import Testing

@testable import PushStorage

/// What only the PostgreSQL driver promises.
@Suite(.serialized, .enabled(if: TestDatabase.Kind.postgresURL != nil, "scripts/with-postgres starts a PostgreSQL"))
struct PostgresDatabaseTests {
    private struct Refused: Error {}

    private func open(_ change: (inout PostgresSettings) -> Void = { _ in }) throws -> PostgresDatabase {
        var settings = try PostgresSettings(url: TestDatabase.Kind.postgresURL ?? "").inNewSchema()
        settings.connections = 3
        change(&settings)
        return try PostgresDatabase(settings)
    }

    private func makeTable(_ database: PostgresDatabase) async throws {
        _ = try await database.write { try $0.execute("CREATE TABLE t (n BIGINT PRIMARY KEY)", []) }
    }

    private func numbers(_ database: PostgresDatabase) async throws -> [Int] {
        try await database.read { try $0.rows("SELECT n FROM t ORDER BY n", []).map { try $0.int(0) } }
    }

    @Test func aConnectionRemembersOnlySoManyStatements() async throws {
        let database = try open { $0.connections = 1 }
        try await makeTable(database)
        let remembered = try await database.read { connection in
            for number in 0..<700 {
                #expect(try connection.rows("SELECT n + \(number) FROM t WHERE n > ?", [.integer(number)]).isEmpty)
            }
            return try connection.row("SELECT COUNT(*) FROM pg_prepared_statements")?.int(0) ?? 0
        }
        #expect((100...512).contains(remembered))
    }

    // MARK: Transactions

    @Test func whatIsThrownLeavesNothing() async throws {
        let database = try open()
        try await makeTable(database)
        await #expect(throws: Refused.self) {
            try await database.write { connection in
                try connection.execute("INSERT INTO t VALUES (?)", each: (0..<600).map { [.integer($0)] })
                throw Refused()
            }
        }
        #expect(try await numbers(database) == [])
        #expect(try await database.write { try $0.execute("INSERT INTO t VALUES (?)", each: (0..<600).map { [.integer($0)] }) }
            == [Int](repeating: 1, count: 600), "more than one pipeline")
        #expect(try await numbers(database).count == 600)
    }

    @Test func aFailingStatementFailsItsTransactionOnly() async throws {
        let database = try open()
        try await makeTable(database)
        let error = await #expect(throws: StorageError.self) {
            try await database.write { connection in
                try connection.execute("INSERT INTO t VALUES (?)", [1])
                _ = try? connection.execute("INSERT INTO nowhere VALUES (?)", [1])
                try connection.execute("INSERT INTO t VALUES (?)", [2])
            }
        }
        #expect(error?.code == .failed)
        #expect(try await numbers(database) == [])
        _ = try await database.write { try $0.execute("INSERT INTO t VALUES (?)", [3]) }
        #expect(try await numbers(database) == [3])
    }

    /// The first run loses its connection between two statements; the second does it all.
    @Test func aConnectionLostInTheMiddleLeavesNoHalf() async throws {
        let database = try open()
        try await makeTable(database)
        let runs = Counter()
        try await database.write { connection in
            try connection.execute("INSERT INTO t VALUES (?)", [.integer(runs.next())])
            if runs.value == 1 { _ = try connection.rows("SELECT pg_terminate_backend(pg_backend_pid())", []) }
            try connection.execute("INSERT INTO t VALUES (?)", [10])
        }
        #expect(runs.value == 2)
        #expect(try await numbers(database) == [2, 10])
    }

    @Test func aConnectionThatDiedIdleIsNoticedByNobody() async throws {
        let database = try open { $0.connections = 1 }
        try await makeTable(database)
        let pid = try await database.read { try $0.row("SELECT pg_backend_pid()")?.int(0) } ?? 0
        let other = try open { $0.connections = 1 }
        _ = try await other.read { try $0.rows("SELECT pg_terminate_backend(?)", [.integer(pid)]) }
        _ = try await database.write { try $0.execute("INSERT INTO t VALUES (?)", [1]) }
        #expect(try await numbers(database) == [1])
    }

    @Test func whoMeetsTheSameRowWaitsOrTriesAgain() async throws {
        // PostgreSQL looks for deadlocks after a second.
        let database = try open { $0.waitSeconds = 60 }
        _ = try await database.write { connection in
            try connection.execute("CREATE TABLE counter (id BIGINT PRIMARY KEY, n BIGINT NOT NULL)", [])
            try connection.execute("INSERT INTO counter VALUES (?, 0)", each: [[1], [2]])
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<8 {
                group.addTask {
                    try await database.write { connection in
                        // In opposite orders: these meet in a deadlock sooner or later, and one of the two is run again.
                        for id in index % 2 == 0 ? [1, 2] : [2, 1] {
                            try connection.execute("UPDATE counter SET n = n + 1 WHERE id = ?", [.integer(id)])
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let sums = try await database.read { try $0.rows("SELECT n FROM counter ORDER BY id", []).map { try $0.int(0) } }
        #expect(sums == [8, 8])
    }

    @Test func readsSeeOneState() async throws {
        let database = try open()
        try await makeTable(database)
        let counts = try await database.read { connection in
            let before = try connection.row("SELECT COUNT(*) FROM t")?.int(0)
            let other = try PostgresLink(PostgresSettings(url: TestDatabase.Kind.postgresURL ?? ""))
            let schema = try connection.row("SELECT current_schema()")?.text(0) ?? ""
            _ = try other.run([.init(sql: "INSERT INTO \(schema).t VALUES (1)", arguments: [])])
            return [before, try connection.row("SELECT COUNT(*) FROM t")?.int(0)]
        }
        #expect(counts == [0, 0])
        #expect(try await numbers(database) == [1])
        await #expect(throws: StorageError.self) { try await database.read { _ = try $0.execute("INSERT INTO t VALUES (2)", []) } }
    }

    // MARK: Values

    @Test func everyValueComesBack() async throws {
        let database = try open()
        let values: [SQLValue] = [
            .null, .integer(.max), .integer(.min), .text(""), .text("ünï 🔔 \u{1}'\"\\"), .blob([]), .blob([0, 255, 0, 39]),
        ]
        let table = "(a BIGINT, b BIGINT, c BIGINT, d TEXT, e TEXT, f BYTEA, g BYTEA)"
        let row = try await database.write { connection in
            try connection.execute("CREATE TABLE v \(table)", [])
            try connection.execute("INSERT INTO v VALUES (?, ?, ?, ?, ?, ?, ?)", values)
            return try connection.row("SELECT a, b, c, d, e, f, g FROM v")
        }
        #expect(row?.values == values)
        let nul = try await database.read { try $0.row("SELECT CAST(? AS TEXT)", [.text("a\0b")])?.text(0) }
        #expect(nul == "a\u{FFFD}b", "PostgreSQL keeps no NUL")
    }

    @Test func textComparesByteByByteAsInSQLite() async throws {
        let database = try open()
        let order = try await database.write { connection in
            try connection.execute("CREATE TABLE w (x \(SQLDialect.postgres.text) PRIMARY KEY)", [])
            try connection.execute("INSERT INTO w VALUES (?)", each: ["b", "a", "B", "-", "ä", "Z"].map { [.text($0)] })
            return try connection.rows("SELECT x FROM w ORDER BY x", []).map { try $0.text(0) }
        }
        #expect(order == ["-", "B", "Z", "a", "b", "ä"])
    }

    // MARK: Waiting

    @Test func aStatementThatTakesTooLongIsGivenUp() async throws {
        let database = try open { $0.statementSeconds = 0.2 }
        let error = await #expect(throws: StorageError.self) { try await database.read { _ = try $0.rows("SELECT pg_sleep(30)", []) } }
        #expect(error?.code == .unavailable && error?.message.contains("too long") == true)
        #expect(try await database.read { try $0.row("SELECT 1")?.int(0) } == 1)
    }

    @Test func waitingForAConnectionHasAnEnd() async throws {
        let database = try open {
            $0.connections = 1
            $0.waitSeconds = 0.2
            $0.waitingRequests = 2
        }
        let answers = await withTaskGroup(of: StorageError.Code?.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    do {
                        _ = try await database.read { try $0.rows("SELECT pg_sleep(1)", []) }
                        return nil
                    } catch {
                        return (error as? StorageError)?.code
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count { $0 == .unavailable } == 5 && answers.contains(nil), "one has the connection, two wait too long, three find the queue full")
    }

    // MARK: The start

    @Test func manyNodesMigrateOnce() async throws {
        let settings = try PostgresSettings(url: TestDatabase.Kind.postgresURL ?? "").inNewSchema()
        let versions = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    var settings = settings
                    settings.connections = 1
                    let database = try PostgresDatabase(settings)
                    return try await database.read { try $0.row("SELECT COUNT(*) FROM schema_version")?.int(0) } ?? 0
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(versions) == [Schema.migrations(.postgres).count])
    }

    @Test func aNewerSchemaIsRefused() async throws {
        let settings = try PostgresSettings(url: TestDatabase.Kind.postgresURL ?? "").inNewSchema()
        _ = try await PostgresDatabase(settings).write { try $0.execute("INSERT INTO schema_version (version) VALUES (999)", []) }
        let error = #expect(throws: StorageError.self) { try PostgresDatabase(settings) }
        #expect(error?.code == .newerSchema)
    }

    @Test(arguments: [
        ("postgresql://postgres:geheim@127.0.0.1:1/none", "HERALD_DATABASE_URL"),
        ("postgresql://postgres:geheim@no-such-host.invalid/none", "HERALD_DATABASE_URL"),
    ])
    func whoDoesNotAnswerIsNamedWithoutThePassword(_ url: String, _ remedy: String) throws {
        var settings = PostgresSettings(url: url)
        settings.startSeconds = 0
        let error = try #require(#expect(throws: StorageError.self) { try PostgresDatabase(settings) })
        #expect(error.code == .cannotOpen && error.message.contains(remedy))
        #expect(!"\(error)".contains("geheim"))
    }

    @Test func aReplicaIsRefusedWithTheRemedy() throws {
        var settings = try PostgresSettings(url: TestDatabase.Kind.postgresURL ?? "").inNewSchema()
        settings.url += "%20-cdefault_transaction_read_only%3Don"
        settings.startSeconds = 0
        let error = try #require(#expect(throws: StorageError.self) { try PostgresDatabase(settings) })
        #expect(error.code == .readOnly && error.message.contains("primary"))
    }

    // MARK: The clock

    @Test func theTimeIsTheDatabases() async throws {
        let database = try open()
        let there = try await database.read {
            try $0.row("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")?.date(0)
        }
        #expect(abs(try #require(there).timeIntervalSince(database.now())) < 5)
    }

    // MARK: Upkeep

    @Test func aJobIsDoneByOneNodeAtATime() async throws {
        let database = try open()
        let inner = try await database.maintain(.finishedPushes) { _ in
            // Another connection asks while this transaction is open.
            try blocking { try await database.maintain(.finishedPushes) { _ in true } }
        }
        #expect(inner == .some(nil))
        #expect(try await database.maintain(.finishedPushes) { _ in 7 } == 7)
    }
}

/// Waits for async work on a thread that may be blocked: the connections have threads of their own.
private func blocking<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) throws -> Value {
    let done = DispatchSemaphore(value: 0)
    let result = ResultBox<Value>()
    Task {
        do { result.set(.success(try await work())) } catch { result.set(.failure(error)) }
        done.signal()
    }
    done.wait()
    return try result.get()
}
