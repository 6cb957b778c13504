#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The port to one provider.
public protocol PushProvider: Sendable {
    var name: ProviderName { get }

    /// Why this provider could never take this notification, found before anything is accepted; nil when it could.
    func problem(with notification: Notification, policy: PushPolicy) -> PushProblem?

    /// Why nothing of the App's can be sent through this provider as things stand: it has no credentials; nil when it can.
    func problem(sendingFor app: AppID) -> PushProblem?

    /// Does once what is the same for every device of a push.
    func prepare(_ push: Push, lane: Lane) -> any PreparedPush

    /// Who stands behind a token, where one provider is many: the origin of a Web Push endpoint. Nil when the lane is one far side.
    func farSide(of token: Token) -> String?
}

extension PushProvider {
    public func problem(sendingFor app: AppID) -> PushProblem? { nil }
    public func farSide(of token: Token) -> String? { nil }
}

/// A push in a provider's own form, ready to be sent to any number of devices.
public protocol PreparedPush: Sendable {
    /// Whether this push is meant for tokens of this sort at all: a VoIP push isn't for the app's own token. Devices it doesn't suit are
    /// left out, not failed.
    func suits(_ token: Token) -> Bool

    /// Makes one attempt for each recipient, all at once, and reports each outcome as it comes: exactly one for each, by its index.
    /// Returns when all are reported, within the attempt deadline. Never throws, retries or sleeps.
    func attempt(
        _ recipients: [Recipient], now: Date, report: @escaping @Sendable (_ index: Int, _ outcome: Outcome) -> Void
    ) async
}

extension PreparedPush {
    public func suits(_ token: Token) -> Bool { true }
}
