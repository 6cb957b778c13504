public import HTTPTransport
public import PushSender
import WNS

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Sends through Windows Push Notification Services.
public struct WNSProvider: PushProvider {
    public let name = ProviderName.wns

    private let credentials: CredentialTable<WNSCredential>
    private let transport: any Transport
    private let attemptDeadline: Duration

    /// - Parameter attemptDeadline: after it an attempt counts as unanswered.
    public init(credentials: CredentialTable<WNSCredential>, transport: any Transport, attemptDeadline: Duration = .seconds(15)) {
        self.credentials = credentials
        self.transport = transport
        self.attemptDeadline = attemptDeadline
    }

    public func problem(with notification: PushSender.Notification, policy: PushPolicy) -> PushProblem? {
        if let badge = notification.badge, badge < 0 {
            return PushProblem(.invalidField, field: "notification.badge", "it is 0 or more, not \(badge)")
        }
        guard notification.wns != nil || notification.hasNeutralContent else { return nil }
        do throws(WNSError) {
            _ = try WNSPayload.notification(notification, policy: policy, id: Self.sampleID)
            return nil
        } catch {
            let field = notification.wns == nil ? "notification" : "notification.wns.\(error.field ?? "payload")"
            return PushProblem(error.code == .tooLarge ? .tooLarge : .invalidField, field: field, error.message)
        }
    }

    /// As long as every push's id.
    private static let sampleID = PushID(rawValue: "00000000-0000-7000-8000-000000000000")

    public func problem(sendingFor app: AppID) -> PushProblem? { credentials.problem(sendingFor: app) }

    public func prepare(_ push: Push, lane: Lane) -> any PreparedPush {
        let notification: Result<WNSNotification, WNSError>
        do throws(WNSError) {
            notification = .success(try WNSPayload.notification(push.notification, policy: push.policy, id: push.id))
        } catch {
            notification = .failure(error)
        }
        return PreparedWNS(
            push: push, lane: lane, notification: notification, credentials: credentials, transport: transport,
            attemptDeadline: attemptDeadline)
    }
}
