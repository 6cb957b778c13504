import Foundation
import PushSender

@testable import PushStorage

/// A database with pushes and devices in it, as far as events need them.
struct EventFixture {
    let test: TestDatabase
    let now = Date(timeIntervalSince1970: 1_800_000_000)
    var events: SQLEventStore { SQLEventStore(test.database) }
    var receipts: SQLReceiptStore { SQLReceiptStore(test.database) }
    var webhooks: SQLWebhookStore { SQLWebhookStore(test.database) }
    let lane = Lane(app: .default, provider: .fcm)

    init(_ kind: TestDatabase.Kind) async throws { test = try await TestDatabase(kind) }

    func write(_ work: @escaping @Sendable (any SQLConnection) throws -> Void) async throws {
        try await test.database.sql.write(work)
    }

    func addApp(_ id: Int64) async throws {
        try await write { try $0.execute("INSERT INTO app (id, name, created_at) VALUES (?, ?, 0)", [.integer(id), .text("app\(id)")]) }
    }

    func addPush(_ id: String, app: AppID = .default) async throws {
        try await write { connection in
            try connection.execute(
                """
                INSERT INTO push (id, app, audience, notification, ttl_seconds, urgency, created_at, slices)
                VALUES (?, ?, '{}', '{}', 60, 'normal', 0, 0)
                """,
                [.text(id), .integer(app.rawValue)])
        }
    }

    func addDevice(_ id: String, app: AppID = .default, provider: ProviderName = .fcm) async throws {
        try await write { connection in
            try connection.execute(
                """
                INSERT INTO device (id, app, provider, shard, address, address_hash, keys, environment, token_kind, app_identifier,
                  created_at, registered_at)
                VALUES (?, ?, ?, 0, 'a', ?, ?, '', '', '', 0, 0)
                """,
                [.text(id), .integer(app.rawValue), .text(provider.rawValue), .blob(Array(id.utf8)), .blob([])])
        }
    }

    /// Events about pushes of these names, in one transaction.
    func happen(_ pushes: String..., app: AppID = .default, at date: Date? = nil) async throws {
        try await happen(pushes.map { .pushFinished(PushID(rawValue: $0), app: app, at: date ?? now) })
    }

    func happen(_ events: [NewEvent]) async throws {
        try await write { try insertEvents(events, $0) }
        try await waitForOthers()
    }

    /// Other tests use the same PostgreSQL, and readers wait for whatever transactions of theirs are older.
    func waitForOthers() async throws {
        let database = test.database.sql
        let isSeen = "SELECT 1 WHERE (SELECT COALESCE(MAX(transaction_id), 0) FROM event) < \(database.dialect.oldestTransactionID)"
        while try await database.look({ try $0.row(isSeen) }) == nil { await Task.yield() }
    }

    /// The pushes that an App's events after a place are about.
    func told(app: AppID = .default, after position: EventPosition = .start) async throws -> [String] {
        try await events.events(app: app, after: position, rows: 1000).events.map { $0.push?.rawValue ?? "" }
    }

    func tally() async throws -> [String: Int] {
        try await test.database.sql.read { connection in
            try connection.rows("SELECT push, provider, kind, devices FROM tally", []).reduce(into: [:]) { found, row in
                found["\(try row.text(0)) \(try row.text(1)) \(try row.text(2))"] = try row.int(3)
            }
        }
    }
}
