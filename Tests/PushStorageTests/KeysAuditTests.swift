import Foundation
import PushSender
import Testing

@testable import PushStorage

/// What administrators did.
@Suite(.serialized) struct KeysAuditTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func entry(_ number: Int, app: AppID = .default) -> AuditEntry {
        AuditEntry(
            app: app, at: now.addingTimeInterval(Double(number)), keyID: "k", keyName: "ops", action: "key.created", subject: "\(number)")
    }

    @Test(arguments: TestDatabase.Kind.available)
    func theNewestComesFirstPageByPage(_ kind: TestDatabase.Kind) async throws {
        let test = try await TestDatabase(kind)
        let store = SQLAuditStore(test.database)
        for number in 0..<5 { try await store.record(entry(number)) }
        var found: [AuditEntry] = [], before: Int64?
        while true {
            let page = try await store.entries(app: .default, before: before, limit: 2)
            found += page.map(\.entry)
            before = page.last?.number
            if page.count < 2 { break }
        }
        #expect(found == (0..<5).reversed().map { entry($0) })
    }

    @Test(arguments: TestDatabase.Kind.available)
    func anAppSeesItsOwn(_ kind: TestDatabase.Kind) async throws {
        let test = try await TestDatabase(kind)
        let store = SQLAuditStore(test.database)
        let shop = try await SQLAppStore(test.database).create("shop", now: now).app.id
        try await store.record(entry(1))
        try await store.record(entry(2, app: shop))
        #expect(try await store.entries(app: shop, before: nil, limit: 10).map(\.entry.subject) == ["2"])
        #expect(try await store.entries(app: nil, before: nil, limit: 10).map(\.entry.subject) == ["2", "1"])
    }

    @Test(arguments: TestDatabase.Kind.available)
    func whatIsOldGoesInBatches(_ kind: TestDatabase.Kind) async throws {
        let test = try await TestDatabase(kind)
        let store = SQLAuditStore(test.database)
        for number in 0..<5 { try await store.record(entry(number)) }
        let date = now.addingTimeInterval(3)
        #expect(try await store.delete(before: date, limit: 2) == 2)
        #expect(try await store.delete(before: date, limit: 2) == 1)
        #expect(try await store.delete(before: date, limit: 2) == 0)
        #expect(try await store.entries(app: nil, before: nil, limit: 10).map(\.entry.subject) == ["4", "3"])
    }
}
