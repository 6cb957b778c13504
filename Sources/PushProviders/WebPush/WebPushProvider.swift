public import HTTPTransport
public import PushSender
public import WebPush

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Sends through any push service that speaks RFC 8030: Mozilla's, Google's, Apple's, Microsoft's, ours.
public struct WebPushProvider: PushProvider {
    public let name = ProviderName.webPush

    private let transport: any Transport
    private let vapid: VAPIDTokenCache
    private let attemptDeadline: Duration

    /// - Parameter attemptDeadline: after it an attempt counts as unanswered.
    public init(transport: any Transport, vapid: VAPIDTokenCache, attemptDeadline: Duration = .seconds(15)) {
        self.transport = transport
        self.vapid = vapid
        self.attemptDeadline = attemptDeadline
    }

    public func problem(with notification: Notification, policy: PushPolicy) -> PushProblem? {
        let bytes = WebPushPayload.bytes(of: notification, id: Self.sampleID).count
        guard bytes > MessageEncryption.maximumPlaintextBytes else { return nil }
        return PushProblem(
            .tooLarge, field: "notification",
            "its Web Push payload has \(bytes) bytes; push services take \(MessageEncryption.maximumPlaintextBytes): shorten the texts or send a link to the rest")
    }

    /// As long as every push's id.
    private static let sampleID = PushID(rawValue: "00000000-0000-7000-8000-000000000000")

    public func prepare(_ push: Push) -> any PreparedPush {
        PreparedWebPush(
            push: push, payload: WebPushPayload.bytes(of: push.notification, id: push.id),
            collapseKey: push.policy.collapseKey.flatMap(WebPushCollapseKey.topic), transport: transport, vapid: vapid,
            attemptDeadline: attemptDeadline)
    }
}

struct PreparedWebPush: PreparedPush {
    let push: Push
    let payload: [UInt8]
    let collapseKey: CollapseKey?
    let transport: any Transport
    let vapid: VAPIDTokenCache
    let attemptDeadline: Duration

    func attempt(_ recipient: Recipient, now: Date) async -> Outcome {
        let request: TransportRequest
        do {
            request = try transportRequest(recipient, now: now)
        } catch {
            return .rejected(reason: error.message)
        }
        do {
            let reply = try await transport.send(request, within: attemptDeadline)
            return WebPushOutcome.read(reply, now: now)
        } catch {
            return WebPushOutcome.read(error)
        }
    }

    /// Microsoft's service refuses TTL 0 unless told not to keep the message; no other service knows the header.
    private func vendorHeaders(_ endpoint: WebPushEndpoint) -> [(name: String, value: String)] {
        guard endpoint.host.lowercased().hasSuffix(".notify.windows.com") else { return [] }
        return [("x-wns-cache-policy", push.policy.ttl.seconds == 0 ? "no-cache" : "cache")]
    }

    private func transportRequest(_ recipient: Recipient, now: Date) throws(WebPushError) -> TransportRequest {
        let subscription = try PushSubscription(token: recipient.token)
        let request = try WebPushRequest(
            payload: payload, to: subscription, ttl: push.remainingTTL(at: now), urgency: push.policy.urgency,
            collapseKey: collapseKey, authorization: vapid.authorization(for: subscription.endpoint.origin, now: now))
        return TransportRequest(
            url: request.url, headers: request.headers + vendorHeaders(subscription.endpoint), body: request.body)
    }
}
