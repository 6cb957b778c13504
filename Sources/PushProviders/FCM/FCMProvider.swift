import FCM
public import HTTPTransport
public import PushSender

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
        return FCMProblem.find(in: notification, policy: policy)
    }

    public func problem(sendingFor app: AppID) -> PushProblem? { credentials.problem(sendingFor: app) }

    public func prepare(_ push: Push, lane: Lane) -> any PreparedPush {
        PreparedFCM(
            push: push, lane: lane, payload: FCMPayload(push.notification, policy: push.policy, id: push.id),
            credentials: credentials, transport: transport, attemptDeadline: attemptDeadline)
    }
}
