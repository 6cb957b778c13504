import HTTPTransport
import JSON
import PushSender

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The feedback hook: a webhook that gets one request for each token that failed, with the entry that a sync reply has for it. It is as
/// durable as any other, and can be looked at, and put anew, under `/v1/webhooks`.
extension WebhookDialect {
    static let gorushID = WebhookID(rawValue: "gorush-feedback")

    static func gorushFeedback(_ settings: ServerSettings, _ pushes: any PushStore, _ transport: any Transport) -> WebhookDialect {
        let call = WebhookCall(
            transport: transport, address: WebhookAddress(allowsPrivate: true), deadline: .seconds(settings.events.webhookDeadlineSeconds))
        return WebhookDialect(id: gorushID, trustedURL: settings.gorush.feedbackURL, trusted: call) { event in
            guard let id = event.push, let failure = DeliveryFailure(event),
                let push = try await pushes.status(of: id, app: event.app)?.push
            else { return nil }
            return GorushLogEntry(failure, of: push)?.json
        }
    }
}

extension DeliveryFailure {
    private struct Details: Decodable {
        let device: String
        let outcome: String
        let reason: String
    }

    /// - Returns: nil for an event that is none.
    init?(_ event: Event) {
        guard event.kind == .deliveryFailed, let details = try? JSONDecoder().decode(Details.self, from: Data(event.details.utf8)),
            let kind = Kind(rawValue: details.outcome)
        else { return nil }
        self.init(device: DeviceID(rawValue: details.device), kind: kind, reason: details.reason, at: event.at)
    }
}
