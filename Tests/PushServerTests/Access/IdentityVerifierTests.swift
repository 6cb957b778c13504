import Foundation
import HTTPTypes
import JSON
import PushSender
import PushStorage
import Testing

@testable import PushServer

/// Whom a device may belong to.
@Suite struct IdentityVerifierTests {
    private let secret = "a shared secret of more than 32 bytes"
    private let now = Date()

    private func server(withIdentity: Bool) async throws -> AccessServer {
        let server = try await AccessServer()
        if withIdentity {
            try await server.parts.identity.vault.set(IdentitySettings(secret: secret), of: .default, asks: true)
        }
        return server
    }

    private func user(_ server: AccessServer, _ claimed: String?, _ token: String?, _ scope: KeyScope) async throws -> String? {
        try await server.parts.identity.user(claimed: claimed, token: token, key: try await server.key(scope).key)
    }

    private func token(_ user: String = "ann") throws -> String {
        try signedIdentity(.secret(secret), claims: ["sub": .string(user)], now: now)
    }

    private func code(_ server: AccessServer, _ claimed: String?, _ token: String?, _ scope: KeyScope) async -> String? {
        await #expect(throws: Problem.self) { try await user(server, claimed, token, scope) }?.code
    }

    @Test func withoutSettingsAnybodyMayNameAnybody() async throws {
        let server = try await server(withIdentity: false)
        #expect(try await user(server, "ann", nil, .register) == "ann")
        #expect(await code(server, nil, try token(), .register) == "identity_not_configured")
    }

    @Test func withSettingsARegisterKeyNeedsProof() async throws {
        let server = try await server(withIdentity: true)
        #expect(await code(server, "ann", nil, .register) == "identity_token_missing")
        #expect(try await user(server, "ann", try token(), .register) == "ann")
        #expect(try await user(server, nil, try token(), .register) == "ann")
        #expect(try await user(server, nil, nil, .register) == nil, "a device needs no user")
        #expect(await code(server, "bob", try token(), .register) == "identity_token_other_user")
    }

    @Test(arguments: [KeyScope.admin, .send])
    func serversAreBelieved(_ scope: KeyScope) async throws {
        let server = try await server(withIdentity: true)
        #expect(try await user(server, "ann", nil, scope) == "ann")
        #expect(await code(server, "bob", try token(), scope) == "identity_token_other_user", "a token that is there is checked")
    }

    @Test(arguments: IdentityRefusal.allCases)
    func everyRefusalIsAProblemWithACode(_ refusal: IdentityRefusal) {
        let problem = Problem(refusal)
        #expect([401, 422, 503].contains(problem.status.code) && problem.code == refusal.rawValue && !problem.detail.isEmpty)
        #expect((problem.field == "identity_token") == (problem.status.code != 503))
    }

    @Test func appsDoNotShareTheirSettings() async throws {
        let server = try await server(withIdentity: true)
        let shop = try await SQLAppStore(server.database).create("shop", now: now).app.id
        let key = try await server.key(.register, app: shop).key
        #expect(try await server.parts.identity.user(claimed: "ann", token: nil, key: key) == "ann")
    }

    @Test func settingsAreSealedAndShownWithoutTheSecret() async throws {
        let server = try await server(withIdentity: false)
        let admin = try await server.key(.admin).secret
        let body = "{\"secret\":\"\(secret)\",\"issuer\":\"https://id.example\"}"
        let set = try await server.ask(.put, "apps/default/identity", key: admin, body)
        #expect(set.status == 200 && set.text("kind") == "secret" && set.text("issuer") == "https://id.example", "\(set.text)")
        let shown = try await server.ask(.get, "apps/default/identity", key: admin)
        #expect(shown.text == set.text && !shown.text.contains(secret))
        let kept = try #require(try await SQLSecretStore(server.database).secret("identity 1"))
        #expect(!String(decoding: kept.sealed, as: UTF8.self).contains(secret))
        #expect(try await server.ask(.delete, "apps/default/identity", key: admin).status == 204)
        #expect(try await server.ask(.get, "apps/default/identity", key: admin).status == 404)
    }

    @Test(arguments: [
        (#"{"secret":"short"}"#, "secret"), ("{}", "secret"), (#"{"jwks_url":"http://id.example"}"#, "jwks_url"),
        (#"{"jwks_url":"https://id.example"}"#, "jwks_url"), (#"{"jwks":{"keys":[]}}"#, "jwks"), (#"{"sekret":"x"}"#, "sekret"),
    ])
    func settingsThatWouldNotDoAreRefused(_ body: String, _ field: String) async throws {
        let server = try await server(withIdentity: false)
        let answer = try await server.ask(.put, "apps/default/identity", key: try await server.key(.admin).secret, body)
        #expect(answer.status == 422 && answer.text("field") == field, "\(answer.text)")
        #expect(try await server.parts.identity.vault.checker(of: .default) == nil, "nothing has changed")
    }

    @Test func keysThatCannotBeHadMakeNobodyAnybody() async throws {
        let server = try await server(withIdentity: false)
        let admin = try await server.key(.admin).secret
        let set = try await server.ask(
            .put, "apps/default/identity?verify=false", key: admin, #"{"jwks_url":"https://id.example/keys"}"#)
        #expect(set.status == 200 && set.text("jwks_url") == "https://id.example/keys", "\(set.text)")
        #expect(await code(server, "ann", try token(), .register) == "identity_keys_unavailable")
    }

    @Test func aMasterKeyThatIsLostClosesTheDoor() async throws {
        let server = try await server(withIdentity: true)
        try await SQLSecretStore(server.database).put([1, 2, 3], as: "identity 1", now: now)
        #expect(await code(server, "ann", try token(), .register) == "identity_settings_unreadable")
        #expect(await code(server, "ann", nil, .register) == "identity_settings_unreadable")
        #expect(try await user(server, "ann", nil, .admin) == "ann")
    }

    @Test func whatAnOldMasterKeySealedIsSealedAnewAtTheStart() async throws {
        let server = try await server(withIdentity: false)
        let store = SQLSecretStore(server.database)
        let folder = try DataFolder(path: FileManager.default.temporaryDirectory.appending(path: "herald-\(UUID().uuidString)").path)
        defer { try? FileManager.default.removeItem(at: folder.url) }
        func vault(_ keys: String) throws -> IdentityVault {
            IdentityVault(store: store, master: try MasterKeys(folder, given: keys), transport: NoTransport()) { Date() }
        }
        let old = String(repeating: "A", count: 43), new = String(repeating: "B", count: 42) + "A"
        try await vault(old).set(IdentitySettings(secret: secret), of: .default, asks: true)
        try await vault(new + "," + old).sealAnew([.default])
        #expect(try await vault(new).checker(of: .default)?.settings.secret == secret)
    }
}
