import Testing
@testable import WebPush

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct VAPIDKeyTests {
    private let now = Date(timeIntervalSince1970: 1_700_000_000)

    @Test func aKeyComesBackFromItsText() throws {
        let key = VAPIDKey()
        #expect(key.privateKeyBase64URL.count == 43 && key.publicKeyBase64URL.count == 87)
        #expect(try VAPIDKey(privateKey: key.privateKeyBase64URL).publicKey == key.publicKey)
        #expect(try VAPIDKey(privateKey: RFC8291.senderPrivate).publicKeyBase64URL == RFC8291.senderPublic)
    }

    @Test(arguments: ["", "?", "AAAA", String(repeating: "A", count: 43), String(repeating: "_", count: 43)])
    func whatIsNoPrivateKeyIsRefused(_ text: String) {
        #expect(refusal { try VAPIDKey(privateKey: text) } == .privateKeyInvalid)
    }

    @Test func theExamplesClaimsAreWrittenByteForByte() throws {
        let claims = VAPIDClaims(
            audience: RFC8292.audience, expiresAt: Date(timeIntervalSince1970: Double(RFC8292.expirySeconds)), subject: RFC8292.subject)
        let token = try VAPIDKey().token(for: claims)
        #expect(token.hasPrefix(RFC8292.unsigned + "."))
        #expect(token.utf8.count == RFC8292.unsigned.utf8.count + 1 + 86)
    }

    @Test func whatIsSignedIsVerified() throws {
        let key = VAPIDKey()
        for subject in [nil, "mailto:a@example.com", "https://example.com/\"\\/é"] {
            let claims = VAPIDClaims(audience: "https://push.example.net", expiresAt: now + 100, subject: subject)
            let header = try key.authorization(for: claims)
            let authorization = try VAPIDAuthorization(authorization: header, cryptoKey: nil)
            #expect(authorization.publicKey == key.publicKey)
            #expect(try authorization.verify(audience: "https://push.example.net", now: now) == claims)
        }
    }
}
