import FCM
public import HTTPTransport
public import PushSender

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Sends through Firebase Cloud Messaging, HTTP v1: one message a request.
public struct FCMProvider: PushProvider {
    public let name = ProviderName.fcm

    private let credentials: CredentialTable<FCMCredential>
    private let transport: any Transport
    private let attemptDeadline: Duration

    /// - Parameter attemptDeadline: after it an attempt counts as unanswered.
    public init(
        credentials: CredentialTable<FCMCredential>, transport: any Transport, attemptDeadline: Duration = .seconds(15)
    ) {
        self.credentials = credentials
        self.transport = transport
        self.attemptDeadline = attemptDeadline
    }

    public func problem(with notification: PushSender.Notification, policy: PushPolicy) -> PushProblem? {
        guard notification.isMeant(for: .fcm) else { return nil }
        if let badge = notification.badge, badge < 0 {
            return PushProblem(.invalidField, field: "notification.badge", "it is 0 or more, not \(badge)")
        }
        let id = PushID(rawValue: "00000000-0000-7000-8000-000000000000")
        if case .object(let data) = notification.data, let taken = ["herald_id", "herald_url"].first(where: { data[$0] != nil }) {
            return PushProblem(.invalidField, field: "notification.data.\(taken)", "the name is taken at FCM; give the member another one")
        }
        do throws(FCMError) {
            try FCMPayload(notification, policy: policy, id: id).check()
            return nil
        } catch {
            return PushProblem(
                error.code == .tooLarge ? .tooLarge : .invalidField, field: field(of: error, in: notification), error.description)
        }
    }

    /// Theirs, as the API spells it.
    private func field(of error: FCMError, in notification: PushSender.Notification) -> String {
        if notification.fcm != nil { return "notification.fcm.message" }
        guard let field = error.field else { return "notification" }
        if field.hasPrefix("data.") { return "notification." + field }
        return field.hasSuffix(".color") ? "notification.color" : "notification"
    }

    public func prepare(_ push: Push, lane: Lane) -> any PreparedPush {
        PreparedFCM(
            push: push, lane: lane, payload: FCMPayload(push.notification, policy: push.policy, id: push.id),
            credentials: credentials, transport: transport, attemptDeadline: attemptDeadline)
    }
}
