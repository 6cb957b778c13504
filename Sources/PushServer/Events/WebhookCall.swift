import Crypto
import HTTPTransport
import PushSender

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One request to a webhook, and what comes of it.
struct WebhookCall: Sendable {
    let transport: any Transport
    let address: WebhookAddress
    let deadline: Duration

    private static let replyLimitBytes = 1024

    /// - Parameter body: JSON. The same body to the same webhook is the same message, however often it is sent.
    func post(_ body: String, to webhook: WebhookDefinition, _ secrets: WebhookSecrets, now: Date) async -> WebhookAnswer {
        // Rules may have become stricter since it was put.
        if let objection = address.objection(to: webhook.url) { return .failed(problem: objection) }
        do throws(TransportError) {
            let reply = try await transport.send(Self.request(body, webhook, secrets, now), within: deadline)
            return WebhookAnswer(status: reply.status, notBefore: reply.retryAfter(now: now))
        } catch {
            return .failed(problem: error.message)
        }
    }

    static func request(_ body: String, _ webhook: WebhookDefinition, _ secrets: WebhookSecrets, _ now: Date) -> TransportRequest {
        let bytes = Array(body.utf8), id = messageID(bytes, webhook), timestamp = Int(now.timeIntervalSince1970)
        return TransportRequest(
            url: webhook.url,
            headers: [
                ("content-type", "application/json"), ("user-agent", "herald"), ("webhook-id", id),
                ("webhook-timestamp", String(timestamp)),
                ("webhook-signature", secrets.signature(id: id, timestamp: timestamp, body: bytes, now: now)),
            ],
            body: bytes, replyLimitBytes: replyLimitBytes)
    }

    private static func messageID(_ body: [UInt8], _ webhook: WebhookDefinition) -> String {
        let name = Array("\(webhook.app.rawValue) \(webhook.id.rawValue)\n".utf8)
        return "msg_" + SHA256.hash(data: name + body).prefix(16).map { byte in
            let hex = String(byte, radix: 16)
            return byte < 16 ? "0" + hex : hex
        }.joined()
    }
}
