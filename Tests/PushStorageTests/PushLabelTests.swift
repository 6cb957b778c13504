import Foundation
import PushSender
import Testing

@testable import PushStorage

@Suite struct PushLabelTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func accept(
        _ id: String, _ labels: [String], key: String? = nil, lanes: [Lane] = [], in store: SQLPushStore
    ) async throws -> Accepted {
        let push = Push(
            id: PushID(rawValue: id), app: .default, audience: .everyone, notification: Notification(title: "t"), policy: PushPolicy(),
            createdAt: now)
        return try await store.accept(
            Acceptance(
                push: push, slices: lanes.map { .init(Segment(lane: $0, timeZone: nil)) },
                idempotency: key.map { Idempotency(key: $0, requestHash: [1]) }, labels: labels))
    }

    @Test(arguments: TestDatabase.Kind.available) func pushesAreFoundByTheirLabels(_ kind: TestDatabase.Kind) async throws {
        let test = try await TestDatabase(kind), store = SQLPushStore(test.database)
        _ = try await accept("1", ["a", "b", "a"], in: store)
        _ = try await accept("2", ["b"], in: store)
        func labelled(_ label: String, _ app: AppID = .default, limit: Int = 9) async throws -> [String] {
            try await store.pushes(labelled: label, app: app, limit: limit).map(\.rawValue)
        }
        #expect(try await labelled("a") == ["1"])
        #expect(try await labelled("b") == ["2", "1"])
        #expect(try await labelled("b", limit: 1) == ["2"])
        #expect(try await labelled("b", AppID(rawValue: 2)).isEmpty)
        #expect(try await store.deleteFinished(before: now.addingTimeInterval(1), limit: 10) == 2)
        #expect(try await labelled("b").isEmpty, "labels go with their pushes")
    }

    @Test(arguments: TestDatabase.Kind.available) func aKeyLastsAsLongAsItsPushIsNotOver(_ kind: TestDatabase.Kind) async throws {
        let test = try await TestDatabase(kind), store = SQLPushStore(test.database)
        _ = try await accept("1", [], key: "over", in: store)
        _ = try await accept("2", [], key: "waits", lanes: [Lane(app: .default, provider: .fcm)], in: store)
        let later = now.addingTimeInterval(1)
        #expect(try await store.deleteOutdated(requestsBefore: later, now: later, limit: 10) == 1)
        #expect(try await store.push(under: Idempotency(key: "waits", requestHash: [1]), app: .default) != nil)
        #expect(try await store.push(under: Idempotency(key: "over", requestHash: [1]), app: .default) == nil)
    }

    @Test(arguments: TestDatabase.Kind.available) func whatWaitsIsCounted(_ kind: TestDatabase.Kind) async throws {
        let test = try await TestDatabase(kind), store = SQLPushStore(test.database)
        let fcm = Lane(app: .default, provider: .fcm), hms = Lane(app: .default, provider: .hms)
        #expect(try await store.waitingWork(now: now).isEmpty)
        _ = try await accept("1", [], lanes: [fcm, hms], in: store)
        _ = try await accept("2", [], lanes: [fcm], in: store)
        let claim = Claim(lane: fcm, limit: 1, owner: LeaseOwner(rawValue: "n"), now: now, leaseUntil: now.addingTimeInterval(10))
        #expect(try await store.claimSlices(.broadcast, claim).count == 1)
        #expect(try await store.waitingWork(now: now) == [.fcm: WaitingWork(due: 1, held: 1), .hms: WaitingWork(due: 1)])
        #expect(try await store.waitingWork(now: now.addingTimeInterval(10))[.fcm] == WaitingWork(due: 2))
    }
}
