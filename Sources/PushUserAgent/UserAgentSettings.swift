public import WebPush

/// How a user agent keeps its connection, and how it hands messages over.
public struct UserAgentSettings: Sendable {
    /// When silence is broken by a ping.
    public var keepAlive = KeepAliveRules()
    /// How long a connection attempt, a request or a ping may stay without an answer.
    public var requestTimeoutSeconds: Double = 10
    /// The longest message the push service may send, in bytes of its JSON frame.
    public var maximumFrameBytes: Int = 1 << 20
    /// When to connect again.
    public var reconnect = ReconnectPolicy()
    /// What is worth waking this user agent for; nil says nothing about it, and everything comes at once. A push service that does
    /// not know of this (Mozilla's) ignores it.
    public var urgency: Urgency?
    /// How often a message is handed to an app that fails on it with `tryAgain`.
    public var deliveryAttempts: Int = 3
    /// Messages that one app is handed at the same time. With more than one their order is lost.
    public var parallelDeliveries: Int = 1
    /// Messages that wait for their apps; one more costs the connection, and they come again with a later one.
    public var messagesInHand: Int = 1000
    /// Path of a PEM file with certificates to trust instead of the system's, for a `wss` service with a private authority.
    public var trustedCertificatesFile: String?

    public init() {}
}
