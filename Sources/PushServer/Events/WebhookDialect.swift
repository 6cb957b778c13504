import PushSender

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How a webhook is told that was made for the clients of another system: one request for each event, in that system's words.
struct WebhookDialect: Sendable {
    /// The webhook, of whatever App.
    let id: WebhookID
    /// The address that the operator's settings name for it: it may stand in a network of our own.
    let trustedURL: String?
    /// How that address is reached.
    let trusted: WebhookCall
    /// The body that tells an event; nil where it isn't for this webhook.
    let body: @Sendable (Event) async throws -> String?

    /// No request begins later than that: the lease must outlast the last.
    private static let turnSeconds = 20

    /// Tells the events of a batch, as far as the webhook takes them.
    /// - Returns: the last answer, and the place up to which everything was taken.
    func tell(
        _ batch: WebhookBatch, _ secrets: WebhookSecrets, over call: WebhookCall, now: @Sendable () -> Date
    ) async throws -> (answer: WebhookAnswer, told: EventPosition) {
        let definition = batch.webhook.definition, end = ContinuousClock.now + .seconds(Self.turnSeconds)
        let call = definition.url == trustedURL ? trusted : call
        var told = batch.webhook.progress.position
        for event in batch.events {
            guard .now < end else { return (.taken, told) }
            if let body = try await body(event) {
                let answer = await call.post(body, to: definition, secrets, now: now())
                guard answer == .taken else { return (answer, told) }
            }
            told = event.position
        }
        return (.taken, batch.end)
    }
}
