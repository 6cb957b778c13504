/// How a user agent keeps its connection.
public struct UserAgentSettings: Sendable {
    /// Silence after which a ping is sent. Mozilla's service closes on pings more often than every 45 s; proxies and carriers drop
    /// what is silent for 60 s.
    public var pingIntervalSeconds: Double = 55
    /// How long a connection attempt, a request or a ping may stay without an answer.
    public var requestTimeoutSeconds: Double = 10
    /// The longest message the push service may send, in bytes of its JSON frame.
    public var maximumFrameBytes: Int = 1 << 20
    /// When to connect again.
    public var reconnect = ReconnectPolicy()
    /// Path of a PEM file with certificates to trust instead of the system's, for a `wss` service with a private authority.
    public var trustedCertificatesFile: String?

    public init() {}
}
