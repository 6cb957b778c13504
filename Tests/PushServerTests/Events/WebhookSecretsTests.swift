import Foundation
import Testing

@testable import PushServer

@Suite struct WebhookSecretsTests {
    private let now = Date(timeIntervalSince1970: 1_614_265_330)

    /// The example of the Standard Webhooks libraries.
    @Test func signaturesAreThoseOfStandardWebhooks() throws {
        let secret = try #require(Data(base64Encoded: "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        let signature = WebhookSecrets(current: Array(secret)).signature(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: Array(#"{"test": 2432232314}"#.utf8), now: now)
        #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        #expect(WebhookSecrets(current: Array(secret)).shown == "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    }

    @Test func theOldSecretSignsBesideTheNewOneForAWhile() {
        let old = WebhookSecrets(current: [1]), new = old.rotated(to: [2], overlapSeconds: 60, now: now)
        func signature(_ secrets: WebhookSecrets, after seconds: Double) -> String {
            secrets.signature(id: "m", timestamp: 1, body: [], now: now.addingTimeInterval(seconds))
        }
        let alone = signature(WebhookSecrets(current: [2]), after: 0)
        #expect(signature(new, after: 59) == alone + " " + signature(old, after: 0))
        #expect(signature(new, after: 60) == alone)
    }
}
