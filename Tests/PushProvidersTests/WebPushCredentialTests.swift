import Foundation
import JSON
import PushProviders
import PushSender
import Testing
import WebPush

@Suite struct WebPushCredentialTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)
    private let key = VAPIDKey()

    private func credential(_ more: [String: JSONValue]) throws(CredentialProblem) -> WebPushCredential {
        let fields = ["private_key": JSONValue.string(key.privateKeyBase64URL)].merging(more) { $1 }
        return try WebPushCredential(.object(fields), now: now)
    }

    private func field(_ more: [String: JSONValue]) -> String? {
        do throws(CredentialProblem) {
            _ = try credential(more)
            return nil
        } catch { return error.field }
    }

    @Test func aKeyAndASubjectAreTaken() async throws {
        let credential = try credential(["subject": .string("mailto:push@example.com")])
        #expect(credential.summary == ["public_key": key.publicKeyBase64URL, "subject": "mailto:push@example.com"])
        #expect(credential.appIdentifier == key.publicKeyBase64URL && credential.environments == [.only])
        #expect(await credential.verify(over: AnsweringTransport(status: 500), now: now) == .accepted)
        #expect(try self.credential([:]).subject == nil)
    }

    @Test(arguments: ["mailto:x@localhost", "mailto:mailto:a@b.c", "push@example.com", "mailto:a b@c.d", "<mailto:a@b.c>", "http://example.com"])
    func aSubjectThatAppleRefusesIsNamedNow(_ subject: String) {
        #expect(field(["subject": .string(subject)]) == "subject")
    }

    @Test func aKeyThatIsNoneIsNamed() {
        #expect(field(["private_key": .string("AAAA")]) == "private_key")
        #expect(field(["private_key": .null]) == "private_key")
        #expect(field(["public_key": .string(VAPIDKey().publicKeyBase64URL)]) == "public_key")
        #expect(field(["public_key": .string(key.publicKeyBase64URL)]) == nil)
    }
}
