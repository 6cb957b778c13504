import Foundation
import HTTPTypes
import JSON
import PushSender
import Testing

@testable import PushServer
@testable import PushStorage

@Suite struct KeyRoutesTests {
    @Test func aKeyIsMadeShownOnceUsedAndRemoved() async throws {
        let server = try await AccessServer()
        let admin = try await server.key(.admin)
        let made = try await server.ask(.post, "keys", key: admin.secret, #"{"name":"shop","scope":"send"}"#)
        let secret = try #require(made.text("key")), id = try #require(made.text("id"))
        #expect(made.status == 201 && made.text("app") == "default" && made.text("name") == "shop")
        #expect(try await server.ask(.get, "send", key: secret).status == 200)
        let list = try await server.ask(.get, "keys", key: admin.secret).text
        #expect(list.contains(id) && !list.contains(secret) && !list.contains(admin.secret))
        #expect(try await server.ask(.delete, "keys/\(id)", key: admin.secret).status == 204)
        #expect(try await server.ask(.get, "send", key: secret).status == 401, "at once, on the node that removed it")
        #expect(try await server.ask(.delete, "keys/\(id)", key: admin.secret).status == 404)
    }

    @Test func bothSecretsWorkAfterARotation() async throws {
        let server = try await AccessServer()
        let admin = try await server.key(.admin), old = try await server.key(.send)
        let rotated = try await server.ask(.post, "keys/\(old.key.id)/rotate", key: admin.secret, #"{"overlap_seconds":60}"#)
        let new = try #require(rotated.text("key"))
        #expect(rotated.status == 200 && rotated.text("previous_until") != nil)
        for secret in [old.secret, new] { #expect(try await server.ask(.get, "send", key: secret).status == 200) }
        let again = try await server.ask(.post, "keys/\(old.key.id)/rotate", key: admin.secret, #"{"overlap_seconds":0}"#)
        for secret in [old.secret, new] { #expect(try await server.ask(.get, "send", key: secret).status == 401) }
        #expect(try await server.ask(.get, "send", key: again.text("key")).status == 200)
        #expect(again.json["previous_until"] == .null)
    }

    @Test func aRotationWithoutABodyOverlapsForADay() async throws {
        let server = try await AccessServer()
        let admin = try await server.key(.admin)
        let rotated = try await server.ask(.post, "keys/\(admin.key.id)/rotate", key: admin.secret)
        let text = try #require(rotated.text("previous_until"))
        let end = try Date(text, strategy: .iso8601.year().month().day().time(includingFractionalSeconds: true))
        #expect(abs(end.timeIntervalSinceNow - 86_400) < 60)
    }

    @Test(arguments: [
        (#"{"name":"","scope":"send"}"#, "name"), (#"{"scope":"send"}"#, "name"), (#"{"name":"n","scope":"root"}"#, "scope"),
        (#"{"name":"n","scope":"send","colour":"red"}"#, "colour"),
    ])
    func aKeyThatWouldNotDoIsNamed(_ body: String, _ field: String) async throws {
        let server = try await AccessServer()
        let answer = try await server.ask(.post, "keys", key: try await server.key(.admin).secret, body)
        #expect(answer.status == 422 && answer.text("field") == field, "\(answer.text)")
    }

    @Test(arguments: ["-1", "2592001", "\"a day\""])
    func anOverlapHasItsLimits(_ seconds: String) async throws {
        let server = try await AccessServer()
        let admin = try await server.key(.admin)
        let answer = try await server.ask(.post, "keys/\(admin.key.id)/rotate", key: admin.secret, "{\"overlap_seconds\":\(seconds)}")
        #expect(answer.status == 422 && answer.text("field") == "overlap_seconds", "\(answer.text)")
    }

    @Test(arguments: [(HTTPRequest.Method.post, "keys/admin.key/rotate"), (.delete, "keys/admin.key")])
    func theKeyInAFileIsNeitherRotatedNorRemoved(_ method: HTTPRequest.Method, _ path: String) async throws {
        let server = try await AccessServer()
        let admin = try await server.key(.admin)
        #expect(try await server.ask(method, path, key: admin.secret).status == 404, "while there is none")
        try await server.keys.store.put(secret: "f", id: "admin.key", app: .default, name: "file", scope: .admin, now: Date())
        let answer = try await server.ask(method, path, key: admin.secret)
        #expect(answer.status == 409 && answer.text("code") == "key_in_file")
    }

    @Test func aKeyThatWasMadeIsShownThoughTheAuditLogCannotBeWritten() async throws {
        let server = try await AccessServer()
        let admin = try await server.key(.admin)
        try await server.database.sql.write { try $0.execute("DROP TABLE audit", []) }
        let made = try await server.ask(.post, "keys", key: admin.secret, #"{"name":"shop","scope":"send"}"#)
        #expect(made.status == 201)
        #expect(try await server.ask(.get, "send", key: made.text("key")).status == 200)
    }

    @Test func anotherAppsKeysDoNotExist() async throws {
        let server = try await AccessServer()
        let shop = try await SQLAppStore(server.database).create("shop", now: Date()).app.id
        let admin = try await server.key(.admin), theirs = try await server.key(.admin, app: shop)
        #expect(try await server.ask(.get, "keys", key: theirs.secret).text.contains(admin.key.id) == false)
        #expect(try await server.ask(.get, "keys", key: admin.secret).text.contains(theirs.key.id))
        for (method, path) in [("POST", "keys/\(admin.key.id)/rotate"), ("DELETE", "keys/\(admin.key.id)")] {
            #expect(try await server.ask(.init(method) ?? .get, path, key: theirs.secret).status == 404)
        }
        let made = #"{"name":"n","scope":"read","app":"default"}"#
        #expect(try await server.ask(.post, "keys", key: theirs.secret, made).status == 404)
        #expect(try await server.ask(.post, "keys", key: admin.secret, #"{"name":"n","scope":"read","app":"shop"}"#).text("app") == "shop")
    }

    @Test(arguments: [KeyScope.register, .read, .send])
    func onlyAdminsSeeToKeys(_ scope: KeyScope) async throws {
        let server = try await AccessServer()
        let key = try await server.key(scope)
        for path in ["keys", "audit", "apps/default/identity"] {
            #expect(try await server.ask(.get, path, key: key.secret).status == 403)
        }
    }

    @Test func whatAdministratorsDidIsWrittenDownWithoutSecrets() async throws {
        let server = try await AccessServer()
        let admin = try await server.key(.admin)
        let made = try await server.ask(.post, "keys", key: admin.secret, #"{"name":"shop","scope":"send"}"#)
        let id = try #require(made.text("id")), secret = "another shared secret of more than 32 bytes"
        _ = try await server.ask(.post, "keys/\(id)/rotate", key: admin.secret)
        _ = try await server.ask(.delete, "keys/\(id)", key: admin.secret)
        _ = try await server.ask(.delete, "keys/none", key: admin.secret)
        _ = try await server.ask(.put, "apps/default/identity", key: admin.secret, "{\"secret\":\"\(secret)\"}")
        _ = try await server.ask(.delete, "apps/default/identity", key: admin.secret)
        let audit = try await server.ask(.get, "audit", key: admin.secret)
        guard case .array(let entries)? = audit.json["entries"] else { return #expect(Bool(false), "\(audit.text)") }
        let actions = entries.map { $0["action"] }
        #expect(actions == ["identity.removed", "identity.set", "key.removed", "key.rotated", "key.created"].map { .string($0) })
        #expect(entries.allSatisfy { $0["key"]?["id"] == .string(admin.key.id) })
        #expect(!audit.text.contains(secret) && !audit.text.contains("herald_"))
        #expect(try await server.ask(.get, "audit?limit=2", key: admin.secret).json["next"] != .null)
        #expect(try await server.ask(.get, "audit?after=x", key: admin.secret).status == 422)
    }

    @Test func theLastUseIsWrittenByTheService() async throws {
        let server = try await AccessServer()
        let key = try await server.key(.send)
        _ = try await server.ask(.get, "send", key: key.secret)
        #expect(try await server.keys.store.keys().first?.lastUsedAt == nil, "not on the request's path")
        await server.parts.keyUse.flush()
        #expect(try await server.keys.store.keys().first?.lastUsedAt != nil)
    }
}
