#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What went wrong on the way to one device, after everything had been in order here.
public struct TransportProblem: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Kind: String, Sendable, CaseIterable {
        /// The token is dead, and its device disabled; not if too many were called dead at once to be believed.
        case unregistered
        /// The provider will never take this push for this device; the device is fine.
        case rejected
        /// The provider wants no more for now: it is tried again.
        case throttled
        /// The provider is in trouble or out of reach: it is tried again.
        case unavailable
        /// The provider refuses our credentials: it is tried again, and somebody has to look.
        case unauthorized
        /// Nobody tries any more: another attempt would be too late, or too many wait for one.
        case givenUp
    }

    public let kind: Kind
    public let push: PushID
    public let device: DeviceID
    public let provider: ProviderName
    /// Where it was sent. A secret, in a way: it stands in no text.
    public let token: Token?
    /// In the provider's words where it said any.
    public let reason: String
    public let at: Date

    public var description: String { "\(provider.rawValue), device \(device.rawValue), \(kind.rawValue): \(reason)" }
}

extension TransportProblem {
    /// - Returns: nil for an outcome that is none.
    init?(_ outcome: Outcome, for recipient: Recipient, of push: PushID, provider: ProviderName, at: Date) {
        let (kind, reason): (Kind, String)
        switch outcome {
        case .accepted, .replaced: return nil
        case .unregistered: (kind, reason) = (.unregistered, "the token is no longer valid")
        case .rejected(let words): (kind, reason) = (.rejected, words)
        case .throttled: (kind, reason) = (.throttled, "the provider wants no more for now")
        case .unavailable(_, let words): (kind, reason) = (.unavailable, words)
        case .unauthorized(let words): (kind, reason) = (.unauthorized, words)
        }
        self.init(kind: kind, push: push, device: recipient.device, provider: provider, token: recipient.token, reason: reason, at: at)
    }
}
