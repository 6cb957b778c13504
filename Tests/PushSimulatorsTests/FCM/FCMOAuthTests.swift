import CryptoExtras
import Testing

@testable import PushSimulators

struct FCMOAuthTests {
    @Test func anAssertionIsExchanged() throws {
        var client = FCMClient()
        let verdict = client.send(FCMClient.grant(try FCMClient.assertion()))
        #expect(verdict.kind == .oauth)
        #expect(verdict.reply.status == 200)
        #expect(verdict.reply.json["expires_in"]?.integer == 3599)
        #expect(verdict.reply.json["token_type"]?.string == "Bearer")
    }

    @Test func googlesOwnAddressIsAnAudienceToo() throws {
        var client = FCMClient()
        let assertion = try FCMClient.assertion(FCMClient.claims(aud: "https://oauth2.googleapis.com/token"))
        #expect(client.send(FCMClient.grant(assertion)).reply.status == 200)
    }

    static func badAssertions() throws -> [(String, String, String)] {
        let (header, claims) = (#"{"alg":"RS256","kid":"key-1"}"#, FCMClient.claims())
        return [
            ("malformed", "a.b", "invalid_grant"),
            ("signed with PSS", try Signing.rsa(header, claims, padding: .PSS), "invalid_grant"),
            ("PS256", try Signing.rsa(#"{"alg":"PS256","kid":"key-1"}"#, claims, padding: .PSS), "invalid_grant"),
            ("somebody else's key", try Signing.rsa(header, claims, padding: .insecurePKCS1v1_5, by: Signing.otherRSAKey), "invalid_grant"),
            ("an unknown key", try Signing.rsa(#"{"alg":"RS256","kid":"key-2"}"#, claims, padding: .insecurePKCS1v1_5), "invalid_grant"),
            ("another account", try FCMClient.assertion(FCMClient.claims(iss: "x@y")), "invalid_grant"),
            ("another audience", try FCMClient.assertion(FCMClient.claims(aud: "https://example.com")), "invalid_grant"),
            ("too long a life", try FCMClient.assertion(FCMClient.claims(exp: 1_800_003_601)), "invalid_grant"),
            ("of the future", try FCMClient.assertion(FCMClient.claims(iat: 1_800_000_400, exp: 1_800_000_500)), "invalid_grant"),
            ("expired", try FCMClient.assertion(FCMClient.claims(iat: 1_799_990_000, exp: 1_799_993_600)), "invalid_grant"),
            ("no time", try FCMClient.assertion(#"{"iss":"robot@demo.iam.gserviceaccount.com","aud":"https://localhost:8453/token"}"#), "invalid_grant"),
            ("another scope", try FCMClient.assertion(FCMClient.claims(scope: "https://www.googleapis.com/auth/drive")), "invalid_scope"),
        ]
    }

    @Test func aBadAssertionIsRefused() throws {
        for (name, assertion, error) in try Self.badAssertions() {
            var client = FCMClient()
            let reply = client.send(FCMClient.grant(assertion)).reply
            #expect(reply.status == 400, "\(name)")
            #expect(reply.json["error"]?.string == error, "\(name): \(reply.text)")
        }
    }

    @Test(arguments: [
        Bent<FCMClient>("JSON", "400 invalid_request") { $0.set("content-type", "application/json") },
        Bent<FCMClient>("another grant type", "400 unsupported_grant_type") { $0.bodyText = "grant_type=password&assertion=x" },
        Bent<FCMClient>("no assertion", "400 invalid_request") { $0.bodyText = "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer" },
        Bent<FCMClient>("an assertion twice", "400 invalid_request") { $0.bodyText += "&assertion=x" },
        Bent<FCMClient>("GET", "405 invalid_request") { $0.method = "GET" },
    ])
    func aBadFormIsRefused(_ bent: Bent<FCMClient>) throws {
        var client = FCMClient()
        var request = FCMClient.grant(try FCMClient.assertion())
        bent.bend(&request)
        let reply = client.send(request).reply
        #expect("\(reply.status) \(reply.json["error"]?.string ?? "")" == bent.expected)
    }
}
