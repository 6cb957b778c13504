import APNs
public import HTTPTransport
public import PushSender

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Sends through Apple Push Notification service.
public struct APNsProvider: PushProvider {
    public let name = ProviderName.apns

    private let credentials: CredentialTable<APNsCredential>
    private let transport: any Transport
    private let sharing: (any APNsTokenSharing)?
    private let attemptDeadline: Duration

    /// - Parameters:
    ///   - sharing: agrees with other processes that send with the same keys; nil when there are none.
    ///   - attemptDeadline: after it an attempt counts as unanswered.
    public init(
        credentials: CredentialTable<APNsCredential>, transport: any Transport, sharing: (any APNsTokenSharing)? = nil,
        attemptDeadline: Duration = .seconds(15)
    ) {
        self.sharing = sharing
        self.credentials = credentials
        self.transport = transport
        self.attemptDeadline = attemptDeadline
    }

    public func problem(with notification: PushSender.Notification, policy: PushPolicy) -> PushProblem? {
        guard notification.isMeant(for: .apns) else { return nil }
        do throws(PushProblem) {
            _ = try APNsPayload.notification(notification, policy: policy, id: Self.sampleID, expiresAt: nil)
            return nil
        } catch {
            return error
        }
    }

    /// As long as every push's id.
    private static let sampleID = PushID(rawValue: "00000000-0000-7000-8000-000000000000")

    public func problem(sendingFor app: AppID) -> PushProblem? { credentials.problem(sendingFor: app) }

    public func prepare(_ push: Push, lane: Lane) -> any PreparedPush {
        PreparedAPNs(push, lane: lane, credentials: credentials, transport: transport, sharing: sharing, attemptDeadline: attemptDeadline)
    }
}
