import Foundation
import PushSender
import PushService
import PushTesting
import Testing
import WebPush

@testable import PushStorage

/// What a week leaves behind is what its retention says, however much went through.
@Suite(.serialized) struct WeekOfTrafficTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)
    private let retentionHours = 48
    private let pushesPerHour = 5
    private let failuresPerPush = 3
    private let messagesPerHour = 6
    private let ttlHours = 24

    @Test(arguments: TestDatabase.Kind.available)
    func tablesStayAsLargeAsTheirRetention(_ kind: TestDatabase.Kind) async throws {
        let test = try await TestDatabase(kind)
        let pushes = SQLPushStore(test.database), messages = SQLMessageStore(test.database)
        let channel = Channel(uaid: UAID(rawValue: 1), id: ChannelID(rawValue: 2))
        try await messages.register([channel], on: nil, now: start)
        var largest = 0
        for hour in 0..<(7 * 24) {
            let now = start.addingTimeInterval(Double(hour) * 3600)
            for _ in 0..<pushesPerHour { try await finish(aPush(now), pushes, now) }
            _ = try await messages.store((0..<messagesPerHour).map { _ in message(channel, now) }, backlogLimit: 10_000)
            try await sweep(pushes, messages, now)
            largest = max(largest, try await rows(test))
        }
        let bound = retentionHours * pushesPerHour * (1 + failuresPerPush) + ttlHours * messagesPerHour
        #expect(largest <= bound + pushesPerHour * (1 + failuresPerPush) + messagesPerHour + 2)
        #expect(largest >= bound / 2, "there was traffic: \(largest)")
        try await sweep(pushes, messages, start.addingTimeInterval(40 * 86_400))
        #expect(try await rows(test) == 0)
    }

    private func sweep(_ pushes: SQLPushStore, _ messages: SQLMessageStore, _ now: Date) async throws {
        while try await messages.deleteExpired(now: now, limit: 4) == 4 {}
        while try await pushes.deleteFinished(before: now.addingTimeInterval(-Double(retentionHours) * 3600), limit: 4) > 0 {}
    }

    private func rows(_ test: TestDatabase) async throws -> Int {
        try await test.database.sql.read { connection in
            try ["push", "slice", "retry", "failure", "message"].reduce(0) { sum, table in
                sum + (try connection.row("SELECT COUNT(*) FROM \(table)")?.int(0) ?? 0)
            }
        }
    }

    private func aPush(_ now: Date) -> Push {
        var random = SystemRandomNumberGenerator()
        return Push(
            id: PushID(now: now, random: &random), app: .default, audience: .everyone,
            notification: PushSender.Notification(title: "t"), policy: PushPolicy(ttl: TTL(seconds: 60)), createdAt: now)
    }

    private func finish(_ push: Push, _ pushes: SQLPushStore, _ now: Date) async throws {
        let owner = LeaseOwner(rawValue: "n")
        let lane = Lane(app: .default, provider: .webPush)
        let slices = try await pushes.accept(push, lanes: [lane], lease: Lease(owner: owner, until: now.addingTimeInterval(60)))
        var page = PageRecord(
            push: push.id, lane: lane, source: .slice(try #require(slices.first), isFinished: true, given: nil, release: .kept),
            recordedAt: now)
        page.counters.failed = failuresPerPush
        page.failures = (0..<failuresPerPush).map {
            DeliveryFailure(device: DeviceID(rawValue: "d\($0)"), kind: .failed, reason: "no", at: now)
        }
        #expect(try await pushes.wrote(page, owner: owner))
    }

    private func message(_ channel: Channel, _ now: Date) -> NewMessage {
        NewMessage(channel: channel, ttl: TTL(seconds: ttlHours * 3600), postedAt: now, content: MessageContent(body: [1]))
    }
}
