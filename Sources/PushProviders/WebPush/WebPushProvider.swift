public import HTTPTransport
public import PushSender
import WebPush

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Sends through any push service that speaks RFC 8030: Mozilla's, Google's, Apple's, Microsoft's, ours.
public struct WebPushProvider: PushProvider {
    public let name = ProviderName.webPush

    private let credentials: CredentialTable<WebPushCredential>
    private let transport: any Transport
    private let attemptDeadline: Duration

    /// - Parameter attemptDeadline: after it an attempt counts as unanswered.
    public init(
        credentials: CredentialTable<WebPushCredential>, transport: any Transport, attemptDeadline: Duration = .seconds(15)
    ) {
        self.credentials = credentials
        self.transport = transport
        self.attemptDeadline = attemptDeadline
    }

    public func problem(with notification: PushSender.Notification, policy: PushPolicy) -> PushProblem? {
        if let badge = notification.badge, badge < 0 {
            return PushProblem(.invalidField, field: "notification.badge", "it is 0 or more, not \(badge)")
        }
        if let urgency = notification.webpush?.urgency, Urgency(rawValue: urgency) == nil {
            let known = Urgency.allCases.map(\.rawValue).joined(separator: ", ")
            return PushProblem(.invalidField, field: "notification.webpush.urgency", "\(urgency) is none of \(known)")
        }
        let bytes = notification.webpush?.payload.utf8.count ?? WebPushPayload.bytes(of: notification, id: Self.sampleID).count
        guard bytes > MessageEncryption.maximumPlaintextBytes else { return nil }
        return PushProblem(
            .tooLarge, field: notification.webpush == nil ? "notification" : "notification.webpush.payload",
            """
            the Web Push payload has \(bytes) bytes; push services take \(MessageEncryption.maximumPlaintextBytes): shorten the texts or \
            send a link to the rest
            """)
    }

    /// As long as every push's id.
    private static let sampleID = PushID(rawValue: "00000000-0000-7000-8000-000000000000")

    public func problem(sendingFor app: AppID) -> PushProblem? { credentials.problem(sendingFor: app) }

    public func prepare(_ push: Push, lane: Lane) -> any PreparedPush {
        PreparedWebPush(
            push: push, lane: lane, payload: WebPushPayload.bytes(of: push.notification, id: push.id),
            collapseKey: (push.notification.webpush?.collapseKey ?? push.policy.collapseKey).flatMap(WebPushCollapseKey.topic),
            credentials: credentials, transport: transport,
            attemptDeadline: attemptDeadline)
    }

    /// The origin of the endpoint: one push service in trouble is no reason to leave the others alone.
    public func farSide(of token: Token) -> String? {
        plainOrigin(of: token.address) ?? (try? WebPushEndpoint(token.address))?.origin
    }

    /// Asked for every device: nearly all endpoints begin with their origin as it is, so there is nothing to parse.
    private func plainOrigin(of url: String) -> String? {
        let scheme = "https://"
        guard url.utf8.starts(with: scheme.utf8) else { return nil }
        let host = url.utf8.dropFirst(scheme.utf8.count).prefix { $0 != UInt8(ascii: "/") }
        let isPlain = !host.isEmpty && host.endIndex < url.endIndex && host.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "-")...UInt8(ascii: "9")).contains(byte)
        }
        return isPlain ? String(url[..<host.endIndex]) : nil
    }
}
