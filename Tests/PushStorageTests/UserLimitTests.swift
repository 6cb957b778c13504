import Foundation
import PushSender
import Testing

@testable import PushStorage

@Suite(.serialized) struct UserLimitTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    @Test(arguments: TestDatabase.Kind.available) func aUserAndEverybodyJoinOnlySoManyTopics(_ kind: TestDatabase.Kind) async throws {
        let test = try await TestDatabase(kind)
        let users = SQLUserStore(test.database)
        try await users.join("first", user: "ann", app: .default, now: now)
        try await users.joinEverybody("first", app: .default)
        // As many as may be, without the time that each takes.
        try await test.database.sql.write { connection in
            try connection.execute(
                "INSERT INTO user_topic (app, user_id, topic) VALUES (?, ?, ?)",
                each: ["ann", ""].flatMap { user in
                    (1..<UserLimits.topics).map { [.integer(AppID.default.rawValue), .text(user), .text("t\($0)")] }
                })
        }
        await #expect(throws: PushProblem.self) { try await users.join("more", user: "ann", app: .default, now: now) }
        await #expect(throws: PushProblem.self) { try await users.joinEverybody("more", app: .default) }
        try await users.join("first", user: "ann", app: .default, now: now)
        #expect(try await users.user("ann", app: .default)?.topics.count == UserLimits.topics)
        #expect(try await users.everybodysTopics(app: .default).count == UserLimits.topics)
        try await users.join("more", user: "bob", app: .default, now: now)
    }
}
