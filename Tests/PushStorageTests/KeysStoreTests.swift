import Foundation
import PushSender
import Testing

@testable import PushStorage

/// API keys and their secrets.
@Suite(.serialized) struct KeysStoreTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func store(_ kind: TestDatabase.Kind) async throws -> (SQLKeyStore, TestDatabase) {
        let test = try await TestDatabase(kind)
        return (SQLKeyStore(test.database), test)
    }

    private func make(
        _ store: SQLKeyStore, _ id: String, secret: String = "old", app: AppID = .default, limit: Int = 10
    ) async throws -> APIKey? {
        try await store.create(secret: secret, id: id, app: app, name: "n", scope: .send, limitKeys: limit, now: now)
    }

    @Test(arguments: TestDatabase.Kind.available)
    func afterARotationBothSecretsWorkUntilTheOverlapEnds(_ kind: TestDatabase.Kind) async throws {
        let (store, test) = try await store(kind)
        _ = try await make(store, "k")
        let until = test.database.now().addingTimeInterval(3600)
        let rotated = try await store.rotate(id: "k", app: nil, to: "new", overlapUntil: until)
        #expect(rotated?.previousUntil.map { abs($0.timeIntervalSince(until)) < 0.01 } == true)
        #expect(try await store.key(secret: "old")?.id == "k")
        #expect(try await store.key(secret: "new")?.id == "k")
        let over = test.database.now().addingTimeInterval(-1)
        _ = try await store.rotate(id: "k", app: nil, to: "newer", overlapUntil: over)
        #expect(try await store.key(secret: "new") == nil, "its time is over")
        #expect(try await store.key(secret: "old") == nil, "only the last one before has an overlap")
        #expect(try await store.key(secret: "newer")?.id == "k")
    }

    @Test(arguments: TestDatabase.Kind.available)
    func withoutAnOverlapTheOldSecretEndsAtOnce(_ kind: TestDatabase.Kind) async throws {
        let (store, test) = try await store(kind)
        defer { withExtendedLifetime(test) {} }
        _ = try await make(store, "k")
        #expect(try await store.rotate(id: "k", app: nil, to: "new", overlapUntil: nil)?.previousUntil == nil)
        #expect(try await store.key(secret: "old") == nil)
        #expect(try await store.rotate(id: "none", app: nil, to: "x", overlapUntil: nil) == nil)
    }

    @Test(arguments: TestDatabase.Kind.available)
    func anAppsKeysAreItsOwn(_ kind: TestDatabase.Kind) async throws {
        let (store, test) = try await store(kind)
        let shop = try await SQLAppStore(test.database).create("shop", now: now).app.id
        _ = try await make(store, "mine", secret: "a", app: shop)
        _ = try await make(store, "theirs", secret: "b")
        #expect(try await store.keys(app: shop).map(\.id) == ["mine"])
        #expect(try await store.keys().count == 2)
        #expect(try await store.rotate(id: "theirs", app: shop, to: "c", overlapUntil: nil) == nil)
        #expect(try await store.remove(id: "theirs", app: shop) == nil)
        #expect(try await store.key(secret: "b")?.id == "theirs")
        #expect(try await store.remove(id: "theirs")?.id == "theirs")
        #expect(try await store.key(secret: "b") == nil)
    }

    @Test(arguments: TestDatabase.Kind.available)
    func thereIsALimitAndAnIDIsNeverTakenOver(_ kind: TestDatabase.Kind) async throws {
        let (store, test) = try await store(kind)
        defer { withExtendedLifetime(test) {} }
        #expect(try await make(store, "1", secret: "a", limit: 1) != nil)
        #expect(try await make(store, "2", secret: "b", limit: 1) == nil)
        await #expect(throws: (any Error).self) { try await make(store, "1", secret: "c", limit: 5) }
        #expect(try await store.key(secret: "a") != nil)
    }

    @Test(arguments: TestDatabase.Kind.available)
    func theLastUseIsTheLatestThatAnyNodeSaw(_ kind: TestDatabase.Kind) async throws {
        let (store, test) = try await store(kind)
        defer { withExtendedLifetime(test) {} }
        #expect(try await make(store, "k")?.lastUsedAt == nil)
        try await store.used(["k": now.addingTimeInterval(10), "gone": now])
        try await store.used(["k": now])
        #expect(try await store.keys().first?.lastUsedAt == now.addingTimeInterval(10))
    }

    @Test(arguments: TestDatabase.Kind.available)
    func aRemovedSecretIsGone(_ kind: TestDatabase.Kind) async throws {
        let test = try await TestDatabase(kind)
        let store = SQLSecretStore(test.database)
        try await store.put([1], as: "identity 1", now: now)
        #expect(try await store.remove("identity 1"))
        #expect(try await store.secret("identity 1") == nil)
        #expect(try await store.remove("identity 1") == false)
    }
}
