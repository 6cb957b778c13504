import Foundation
import HTTPTransport
import PushSender
import Synchronization
import Testing

@testable import PushServer

@Suite struct WebhookCallTests {
    private struct FarSide: Transport {
        let reply: Result<TransportReply, TransportError>
        func send(_ request: TransportRequest, within deadline: Duration) async throws(TransportError) -> TransportReply {
            try reply.get()
        }
    }

    private let now = Date(timeIntervalSince1970: 1_800_000_000)
    private let webhook = WebhookDefinition(app: .default, id: WebhookID(rawValue: "w"), url: "https://example.com/", kinds: [])
    private let secrets = WebhookSecrets(current: [1])

    private func answer(_ reply: Result<TransportReply, TransportError>, to webhook: WebhookDefinition? = nil) async -> WebhookAnswer {
        let call = WebhookCall(
            transport: FarSide(reply: reply), address: WebhookAddress(allowsPrivate: false), deadline: .seconds(1))
        return await call.post("{}", to: webhook ?? self.webhook, secrets, now: now)
    }

    @Test func answersAreUnderstood() async {
        #expect(await answer(.success(TransportReply(status: 204))) == .taken)
        #expect(await answer(.success(TransportReply(status: 410))) == .gone)
        let busy = TransportReply(status: 503, headers: [("Retry-After", "60")])
        #expect(await answer(.success(busy)) == .failed(problem: "it answered 503", notBefore: now.addingTimeInterval(60)))
        #expect(await answer(.failure(TransportError(.timedOut, "slow"))) == .failed(problem: "slow"))
    }

    @Test func nothingIsSentToAnAddressThatIsForbiddenByNow() async {
        let inside = WebhookDefinition(app: .default, id: webhook.id, url: "http://localhost/", kinds: [])
        #expect(await answer(.success(TransportReply(status: 200)), to: inside) != .taken)
    }

    @Test func theSameBodyIsTheSameMessageAtEachAttempt() {
        func header(_ name: String, _ body: String, _ id: String = "w", after seconds: Double = 0) -> String? {
            let webhook = WebhookDefinition(app: .default, id: WebhookID(rawValue: id), url: webhook.url, kinds: [])
            return WebhookCall.request(body, webhook, secrets, now.addingTimeInterval(seconds)).headers.first { $0.name == name }?.value
        }
        #expect(header("webhook-id", "a") == header("webhook-id", "a", after: 60))
        #expect(header("webhook-id", "a") != header("webhook-id", "b") && header("webhook-id", "a") != header("webhook-id", "a", "x"))
        #expect(header("webhook-timestamp", "a", after: 60) == "1800000060")
        #expect(header("webhook-signature", "a") != header("webhook-signature", "a", after: 60))
    }
}
