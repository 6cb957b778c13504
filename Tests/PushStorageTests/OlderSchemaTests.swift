import Foundation
import PushSender
import Testing

@testable import PushStorage

/// What an older program wrote is there after this one has opened it.
@Suite struct OlderSchemaTests {
    private let file = TemporaryDatabase()

    @Test func pushesKeepTheirCounters() async throws {
        let older = try SQLiteDatabase(file: file.url, migrations: Array(Schema.migrations(.sqlite).prefix(2)))
        try await older.write { connection in
            try connection.execute(
                """
                INSERT INTO push (id, app, audience, notification, ttl_seconds, urgency, created_at, slices, accepted, failed, retrying)
                VALUES ('p', 1, '{"everyone":false,"devices":[],"users":["ann"],"topics":[]}', '{"title":"t"}', 60, 'high', 5, 1, 7, 2, 3)
                """, [])
            try connection.execute(
                """
                INSERT INTO slice (push, app, provider, environment, kind, first_shard, last_shard) VALUES ('p', 1, 'apns', '', 1, 0, 1023)
                """, [])
        }
        older.close(by: .now() + 3)

        let pushes = SQLPushStore(try OpenDatabase(sqlite: file.url))
        let status = try #require(try await pushes.status(of: PushID(rawValue: "p"), app: .default))
        #expect(status.total.accepted == 7 && status.total.failed == 2 && status.total.retrying == 3)
        #expect(status.push.audience == Audience(users: ["ann"]) && status.push.options == PushOptions())
        let lane = Lane(app: .default, provider: .apns)
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        let claimed = try await pushes.claimSlices(
            .broadcast,
            Claim(lane: lane, limit: 1, owner: LeaseOwner(rawValue: "o"), now: now, leaseUntil: now.addingTimeInterval(60)))
        #expect(claimed.map(\.push.id) == [PushID(rawValue: "p")])
    }
}
