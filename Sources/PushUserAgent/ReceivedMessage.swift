#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// One message from the push service.
public struct ReceivedMessage: Sendable, Hashable {
    /// The push service's name for it, unique among the messages of a user agent.
    public let version: String
    public let content: Content
    public let receivedAt: Date
    /// How often the app was handed this message, this time included.
    public let attempt: Int

    public init(version: String, content: Content, receivedAt: Date, attempt: Int = 1) {
        self.version = version
        self.content = content
        self.receivedAt = receivedAt
        self.attempt = attempt
    }

    /// What a sender encrypted for this app, and nobody could read or change since; nil when it sent no body, or an unencrypted one.
    public var payload: [UInt8]? {
        guard case .decrypted(let payload) = content else { return nil }
        return payload
    }

    func again() -> Self { Self(version: version, content: content, receivedAt: receivedAt, attempt: attempt + 1) }

    /// What a message says.
    public enum Content: Sendable, Hashable {
        /// There was no body.
        case empty
        /// Written by somebody who has the subscription's keys.
        case decrypted([UInt8])
        /// As it was posted, without encryption, by anybody who knows the endpoint; the push service could read and change it. Push
        /// services take such a body only if they are told to.
        case unencrypted([UInt8])
    }
}
