import Foundation
import JSON
import PushSender
import PushStorage
import Testing

/// Templates are kept under their names, each App's its own.
struct TemplateStoreTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)

    private func template(_ title: String) -> Template {
        var notification = PushSender.Notification(title: title, data: .object(["n": .integer(1), "d": .number(1.5)]))
        notification.apns = APNsSection(payload: #"{"aps": {"badge": 1.0}}"#)
        return Template(
            variables: ["name": TemplateVariable(.string, default: .string("{{\"'é")), "count": TemplateVariable(.number)],
            notification: notification, locales: ["pt-BR": PushSender.Notification(title: "olá \(title)")])
    }

    @Test(arguments: TestDatabase.Kind.available)
    func aTemplateComesBackAsItWasPut(_ kind: TestDatabase.Kind) async throws {
        let test = try await TestDatabase(kind)
        let store = SQLTemplateStore(test.database)
        let put = try await store.put(template("a"), named: "welcome", app: .default, now: start)
        #expect(put.isNew)
        #expect(put.template == StoredTemplate(name: "welcome", template: template("a"), createdAt: start, updatedAt: start))
        #expect(try await store.template(named: "welcome", app: .default) == put.template)
        #expect(try await store.template(named: "other", app: .default) == nil)
    }

    @Test(arguments: TestDatabase.Kind.available)
    func aNewerTemplateTakesTheOldOnesPlace(_ kind: TestDatabase.Kind) async throws {
        let test = try await TestDatabase(kind)
        let store = SQLTemplateStore(test.database)
        _ = try await store.put(template("a"), named: "welcome", app: .default, now: start)
        let put = try await store.put(template("b"), named: "welcome", app: .default, now: start.addingTimeInterval(60))
        #expect(!put.isNew)
        #expect(put.template.template.notification.title == "b")
        #expect(put.template.createdAt == start && put.template.updatedAt == start.addingTimeInterval(60))
    }

    @Test(arguments: TestDatabase.Kind.available)
    func templatesAreListedByNamePageByPage(_ kind: TestDatabase.Kind) async throws {
        let test = try await TestDatabase(kind)
        let store = SQLTemplateStore(test.database)
        for name in ["c", "a", "é", "B", "b"] { _ = try await store.put(template(name), named: name, app: .default, now: start) }
        let first = try await store.templates(app: .default, after: nil, limit: 3)
        #expect(first.map(\.name) == ["B", "a", "b"])
        #expect(try await store.templates(app: .default, after: first.last?.name, limit: 3).map(\.name) == ["c", "é"])
    }

    @Test(arguments: TestDatabase.Kind.available)
    func eachAppHasItsOwn(_ kind: TestDatabase.Kind) async throws {
        let test = try await TestDatabase(kind)
        let store = SQLTemplateStore(test.database)
        let other = try await SQLAppStore(test.database).create("shop", now: start).app.id
        _ = try await store.put(template("a"), named: "welcome", app: .default, now: start)
        #expect(try await store.put(template("b"), named: "welcome", app: other, now: start).isNew)
        #expect(try await store.remove(named: "welcome", app: other))
        #expect(try await !store.remove(named: "welcome", app: other))
        #expect(try await store.templates(app: .default, after: nil, limit: 10).map(\.name) == ["welcome"])
        #expect(try await store.templates(app: other, after: nil, limit: 10).isEmpty)
    }
}
