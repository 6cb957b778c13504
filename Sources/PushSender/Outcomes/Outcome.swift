#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What came of one request to a provider: a closed set, whatever the provider's own words.
public enum Outcome: Sendable, Hashable {
    /// The provider took it, under this id if it gave one.
    case accepted(id: String?)
    /// The token is proven dead, as of `since` when the provider says so. The only outcome that disables a device.
    case unregistered(since: Date?)
    /// The provider took it and names a better token.
    case replaced(token: Token)
    /// This push will never be taken for this device; the device is fine.
    case rejected(reason: String)
    /// Too many, too fast: not before `until`, when the provider says so.
    case throttled(until: Date?)
    /// The provider is in trouble or out of reach. It may or may not have taken the push.
    case unavailable(until: Date?, reason: String)
    /// Our credentials are refused: nothing is wrong with the push, somebody has to look. Burns no attempt.
    case unauthorized(problem: String)
}
