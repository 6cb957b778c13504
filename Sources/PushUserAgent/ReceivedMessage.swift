#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// One message from the push service, decrypted.
public struct ReceivedMessage: Sendable, Hashable {
    /// The push service's name for it, unique among the messages of a user agent.
    public let version: String
    /// What the application server encrypted; nil when it sent no body at all.
    public let payload: [UInt8]?
    public let receivedAt: Date
    /// How often the app was handed this message, this time included.
    public let attempt: Int

    public init(version: String, payload: [UInt8]?, receivedAt: Date, attempt: Int = 1) {
        self.version = version
        self.payload = payload
        self.receivedAt = receivedAt
        self.attempt = attempt
    }

    func again() -> Self { Self(version: version, payload: payload, receivedAt: receivedAt, attempt: attempt + 1) }
}
