import Foundation
import PushSender
import Testing

@testable import PushStorage

@Suite(.serialized) struct WebhookStoreTests {
    private let mine = LeaseOwner(rawValue: "node.1"), theirs = LeaseOwner(rawValue: "other.1")

    private func definition(_ id: String, kinds: Set<EventKind> = []) -> WebhookDefinition {
        WebhookDefinition(app: .default, id: WebhookID(rawValue: id), url: "https://\(id).example/", kinds: kinds)
    }

    private func put(_ fixture: EventFixture, _ id: String = "w", kinds: Set<EventKind> = []) async throws {
        _ = try await fixture.webhooks.put(definition(id, kinds: kinds), sealedSecrets: [1], limit: 10, now: fixture.now)
    }

    private func claim(_ fixture: EventFixture, _ owner: LeaseOwner? = nil, after seconds: Double = 0) async throws -> [WebhookBatch] {
        let now = fixture.now.addingTimeInterval(seconds)
        return try await fixture.webhooks.claimWebhooks(
            owner: owner ?? mine, until: now.addingTimeInterval(60), limit: 10, now: now)
    }

    private func heard(_ batch: WebhookBatch, _ answer: WebhookAnswer, at now: Date) -> WebhookProgress {
        var progress = batch.webhook.progress
        var random = SystemRandomNumberGenerator()
        progress.hear(answer, through: batch.end, policy: WebhookPolicy(), now: now, random: &random)
        return progress
    }

    private func names(_ batch: WebhookBatch?) -> [String] { batch?.events.map { $0.push?.rawValue ?? "" } ?? [] }

    @Test(arguments: TestDatabase.Kind.available)
    func aWebhookHearsWhatHappensAfterItWasMade(_ kind: TestDatabase.Kind) async throws {
        let fixture = try await EventFixture(kind)
        try await fixture.happen("before")
        try await put(fixture)
        #expect(try await claim(fixture).isEmpty)
        try await fixture.happen("a", "b")
        let batch = try #require(try await claim(fixture).first)
        #expect(names(batch) == ["a", "b"] && batch.webhook.sealedSecrets == [1])
        try await fixture.happen("c")
        let next = try await fixture.webhooks.settle(
            batch, heard(batch, .taken, at: fixture.now), goesOnUntil: fixture.now.addingTimeInterval(60))
        #expect(names(next) == ["c"])
        let last = try #require(next)
        #expect(try await fixture.webhooks.settle(last, heard(last, .taken, at: fixture.now), goesOnUntil: fixture.now) == nil)
        #expect(try await claim(fixture, after: 100).isEmpty)
    }

    @Test(arguments: TestDatabase.Kind.available)
    func nobodyElseSendsWhileOneDoes(_ kind: TestDatabase.Kind) async throws {
        let fixture = try await EventFixture(kind)
        try await put(fixture)
        try await fixture.happen("a")
        let late = try #require(try await claim(fixture).first)
        #expect(try await claim(fixture, theirs, after: 59).isEmpty)
        #expect(names(try await claim(fixture, theirs, after: 61).first) == ["a"], "the lease is over")
        #expect(try await fixture.webhooks.settle(late, heard(late, .gone, at: fixture.now), goesOnUntil: nil) == nil)
        let webhook = try await fixture.webhooks.webhook(WebhookID(rawValue: "w"), app: .default)
        #expect(webhook?.progress.disabledAt == nil, "who came too late writes nothing")
    }

    @Test(arguments: TestDatabase.Kind.available)
    func aBatchStaysTheSameUntilItIsTaken(_ kind: TestDatabase.Kind) async throws {
        let fixture = try await EventFixture(kind)
        try await put(fixture)
        try await fixture.happen("a")
        let first = try #require(try await claim(fixture).first)
        try await fixture.happen("b")
        #expect(try await claim(fixture, theirs, after: 61).first?.json == first.json, "after a crash")
        let again = try #require(try await claim(fixture, after: 200).first)
        let failed = heard(again, .failed(problem: "no"), at: fixture.now)
        _ = try await fixture.webhooks.settle(again, failed, goesOnUntil: nil)
        let last = try #require(try await claim(fixture, after: 1000).first)
        #expect(last.json == first.json && last.webhook.progress.problem == "no", "after a failure")
        let next = try await fixture.webhooks.settle(last, heard(last, .taken, at: fixture.now), goesOnUntil: .distantFuture)
        #expect(names(next) == ["b"])
    }

    @Test(arguments: TestDatabase.Kind.available)
    func aBatchIsBoundedAndWhatIsNotWantedIsPassedOver(_ kind: TestDatabase.Kind) async throws {
        let fixture = try await EventFixture(kind)
        try await put(fixture, kinds: [.pushCancelled])
        let push = PushID(rawValue: "p"), now = fixture.now
        try await fixture.happen((0..<600).map { _ in .pushFinished(push, app: .default, at: now) })
        try await fixture.happen((0..<150).map { _ in .pushCancelled(push, app: .default, at: now) })
        let batch = try #require(try await claim(fixture).first)
        #expect(batch.events.count == 100 && batch.events.allSatisfy { $0.kind == .pushCancelled })
        let next = try await fixture.webhooks.settle(batch, heard(batch, .taken, at: now), goesOnUntil: .distantFuture)
        #expect(next?.events.count == 50)
        let last = try #require(next)
        _ = try await fixture.webhooks.settle(last, heard(last, .taken, at: now), goesOnUntil: nil)
        try await fixture.happen("unwanted")
        #expect(try await claim(fixture).isEmpty)
        let newest = try await fixture.events.newest(of: [.default])[.default]
        let webhook = try await fixture.webhooks.webhook(WebhookID(rawValue: "w"), app: .default)
        #expect(webhook?.progress.position == newest, "it isn't looked at again")
    }

    @Test(arguments: TestDatabase.Kind.available)
    func puttingADisabledWebhookAgainMakesItGoOnWhereItWas(_ kind: TestDatabase.Kind) async throws {
        let fixture = try await EventFixture(kind)
        try await put(fixture)
        try await fixture.happen("a")
        let batch = try #require(try await claim(fixture).first)
        _ = try await fixture.webhooks.settle(batch, heard(batch, .gone, at: fixture.now), goesOnUntil: nil)
        try await fixture.happen("b")
        #expect(try await claim(fixture, after: 100_000).isEmpty)
        let shown = try await fixture.webhooks.webhooks(app: .default).first
        #expect(shown?.progress.disabledAt == fixture.now && shown?.progress.problem == "it answered 410 Gone")
        let (webhook, isNew) = try #require(
            try await fixture.webhooks.put(definition("w"), sealedSecrets: [2], limit: 10, now: fixture.now))
        #expect(!isNew && webhook.progress.problem == nil && webhook.sealedSecrets == [1])
        #expect(names(try await claim(fixture).first) == ["a", "b"])
    }

    @Test(arguments: TestDatabase.Kind.available)
    func anAppHasOnlySoManyWebhooks(_ kind: TestDatabase.Kind) async throws {
        let fixture = try await EventFixture(kind)
        for id in ["a", "b"] {
            #expect(try await fixture.webhooks.put(definition(id), sealedSecrets: [], limit: 2, now: fixture.now)?.isNew == true)
        }
        #expect(try await fixture.webhooks.put(definition("c"), sealedSecrets: [], limit: 2, now: fixture.now) == nil)
        #expect(try await fixture.webhooks.put(definition("a"), sealedSecrets: [], limit: 2, now: fixture.now)?.isNew == false)
        #expect(try await fixture.webhooks.remove(WebhookID(rawValue: "a"), app: AppID(rawValue: 2)) == false)
        #expect(try await fixture.webhooks.remove(WebhookID(rawValue: "a"), app: .default))
        #expect(try await fixture.webhooks.webhooks().map(\.definition.id.rawValue) == ["b"])
    }

    @Test(arguments: TestDatabase.Kind.available)
    func aNodeThatLeavesHandsBackItsOwn(_ kind: TestDatabase.Kind) async throws {
        let fixture = try await EventFixture(kind)
        try await put(fixture)
        try await fixture.happen("a")
        #expect(try await claim(fixture).count == 1)
        try await fixture.webhooks.releaseWebhooks(of: LeaseOwner(rawValue: "nod"))
        #expect(try await claim(fixture, theirs).isEmpty)
        try await fixture.webhooks.releaseWebhooks(of: LeaseOwner(rawValue: "node"))
        #expect(try await claim(fixture, theirs).count == 1)
        try await fixture.webhooks.releaseWebhooks(of: nil)
        #expect(try await claim(fixture).count == 1)
    }

    @Test(arguments: TestDatabase.Kind.available)
    func manyNodesShareTheWebhooksWithoutOverlap(_ kind: TestDatabase.Kind) async throws {
        let fixture = try await EventFixture(kind)
        for number in 0..<10 { try await put(fixture, "w\(number)") }
        try await fixture.happen("a")
        let claimed = try await withThrowingTaskGroup(of: [String].self) { group in
            for node in 0..<6 {
                group.addTask { try await claim(fixture, LeaseOwner(rawValue: "n\(node).1")).map(\.webhook.definition.id.rawValue) }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(claimed.count == Set(claimed).count)
        #expect(try await claim(fixture).count == 10 - claimed.count)
    }
}
