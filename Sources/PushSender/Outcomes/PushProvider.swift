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

    /// Does once what is the same for every device of a push.
    func prepare(_ push: Push) -> any PreparedPush
}

/// A push in a provider's own form, ready to be sent to any number of devices.
public protocol PreparedPush: Sendable {
    /// One request to the provider, answered within its deadline. Never throws, retries or sleeps.
    func attempt(_ device: Recipient, now: Date) async -> Outcome
}

/// What an attempt needs to know of a device.
public struct Recipient: Sendable, Hashable {
    public let device: DeviceID
    public let token: Token
    public init(device: DeviceID, token: Token) {
        self.device = device
        self.token = token
    }
}
