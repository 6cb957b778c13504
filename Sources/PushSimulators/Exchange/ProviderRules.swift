#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What one provider takes and refuses, and how it says so. Pure: the sockets, the clock and the faults are elsewhere.
public protocol ProviderRules: Sendable {
    /// Judges a request as the real provider would.
    ///
    /// - Parameter connection: what the provider remembers of this connection.
    mutating func judge(_ request: SimulatorRequest, on connection: inout ConnectionMemory, now: Date) -> Verdict

    /// An error of the provider's own form, for a fault.
    /// - Parameters:
    ///   - reason: the provider's word (`TooManyRequests`, `QUOTA_EXCEEDED`, `80300007`, …); nil takes the usual one for the status.
    mutating func refusal(status: Int, reason: String?) -> SimulatorReply

    /// The answer to an otherwise good request some of whose tokens no longer live.
    /// - Parameters:
    ///   - since: when the provider learned of it.
    ///   - reason: the provider's word; nil takes the usual one.
    mutating func deathReply(dead: [String], of verdict: Verdict, since: Date, reason: String?) -> SimulatorReply

    /// The answer for a token of the other environment.
    mutating func strangerReply() -> SimulatorReply
}

extension ProviderRules {
    public mutating func strangerReply() -> SimulatorReply { refusal(status: 400, reason: nil) }
}

/// What a request got, and what it was.
public struct Verdict: Sendable {
    public enum Kind: String, Sendable {
        case push
        /// A request for an access token.
        case oauth
        /// Anything else, like the management of channels.
        case other
    }

    public var reply: SimulatorReply
    public var kind: Kind
    /// Whom it was for: device tokens, registration tokens, channel ids. Empty when the request doesn't say it in a readable way.
    public var targets: [String]
    /// The provider took it.
    public var isAccepted: Bool
    /// Of the API that was asked, where there are several.
    public var version = 1

    public init(_ reply: SimulatorReply, kind: Kind = .push, targets: [String] = [], isAccepted: Bool? = nil) {
        self.reply = reply
        self.kind = kind
        self.targets = targets
        self.isAccepted = isAccepted ?? (200..<300).contains(reply.status)
    }
}
