import HMS
public import HTTPTransport
public import PushSender

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Sends through Huawei Push Kit: tokens of kind `harmony` by v3, all others by v1 or v2.
public struct HMSProvider: PushProvider {
    public let name = ProviderName.hms

    private let credentials: CredentialTable<HMSCredential>
    private let transport: any Transport
    private let attemptDeadline: Duration

    /// - Parameter attemptDeadline: after it an attempt counts as unanswered.
    public init(credentials: CredentialTable<HMSCredential>, transport: any Transport, attemptDeadline: Duration = .seconds(15)) {
        self.credentials = credentials
        self.transport = transport
        self.attemptDeadline = attemptDeadline
    }

    public func problem(with notification: PushSender.Notification, policy: PushPolicy) -> PushProblem? {
        if let badge = notification.badge, badge < 0 {
            return PushProblem(.invalidField, field: "notification.badge", "it is 0 or more, not \(badge)")
        }
        if let type = notification.hms?.pushType, !HarmonyPushType.all.contains(HarmonyPushType(rawValue: type)) {
            return PushProblem(.invalidField, field: "notification.hms.push_type", "\(type) is no push-type; 0 shows a notification")
        }
        let payload = HMSPayload(notification, policy: policy, id: Self.sampleID)
        return problem(payload, harmony: false, isRaw: notification.hms?.message != nil)
            ?? problem(payload, harmony: true, isRaw: notification.hms?.payload != nil)
    }

    private func problem(_ payload: HMSPayload, harmony: Bool, isRaw: Bool) -> PushProblem? {
        guard payload.suits(harmony: harmony) else { return nil }
        do throws(HMSError) {
            _ = try harmony ? payload.harmony(ttlSeconds: HMSLimits.ttlSeconds) : payload.core(ttlSeconds: HMSLimits.ttlSeconds)
            return nil
        } catch {
            let field = error.field == "pushOptions" ? "push_options" : harmony ? "payload" : "message"
            return PushProblem(
                error.code == .tooLarge ? .tooLarge : .invalidField, field: isRaw ? "notification.hms.\(field)" : "notification",
                error.description)
        }
    }

    /// As long as every push's id.
    private static let sampleID = PushID(rawValue: "00000000-0000-7000-8000-000000000000")

    public func problem(sendingFor app: AppID) -> PushProblem? { credentials.problem(sendingFor: app) }

    public func prepare(_ push: Push, lane: Lane) -> any PreparedPush {
        PreparedHMS(
            push: push, lane: lane, payload: HMSPayload(push.notification, policy: push.policy, id: push.id), credentials: credentials,
            transport: transport, attemptDeadline: attemptDeadline)
    }
}
