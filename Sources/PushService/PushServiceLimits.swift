/// Every bound of the push service, with its unit in its name. The defaults suit browsers on the open internet.
public struct PushServiceLimits: Sendable, Hashable {
    /// The largest body that a `POST` to an endpoint may have. At least 4096, which RFC 8030 §7.2 promises to senders.
    public var bodyBytes = 5630 {
        didSet { bodyBytes = max(bodyBytes, Self.promisedBodyBytes) }
    }
    /// No smaller body is ever refused for its size.
    public static let promisedBodyBytes = 4096
    /// Bodies without `Content-Encoding` are taken, up to ``promisedBodyBytes``, and handed over as they are: what UnifiedPush's
    /// application servers sent before it was Web Push.
    public var takesPlainBodies = false
    /// For how long they are kept when their senders, who knew no TTL, don't say.
    public static let plainTTLSeconds = 86_400
    /// A longer TTL is silently cut to this: 30 days.
    public var maxTTLSeconds = 2_592_000
    /// Undelivered messages kept for one user agent; one more pushes the oldest out.
    public var backlogMessages = 10_000
    /// Messages sent to one user agent and not yet acknowledged.
    public var inFlightMessages = 100
    /// Messages read from the store at once for one user agent.
    public var pageMessages = 50
    /// A connection must have said hello after this time.
    public var helloDeadlineSeconds = 5.0
    /// A user agent that sends pings (`{}`) closer together than this is disconnected. Compared in whole seconds.
    public var minimumPingIntervalSeconds = 45.0
    /// A silent connection is pinged this often (RFC 6455 §5.5.2), and given up when nothing comes back until the next ping. Proxies
    /// in front must bear a longer silence.
    public var serverPingIntervalSeconds = 300.0
    /// A connected user agent's "last connected" is renewed this often.
    public var connectionRecordIntervalSeconds = 86_400.0
    /// A user agent that didn't connect for so long is deleted with its subscriptions.
    public var userAgentLifetimeDays = 60
    /// The largest text frame that a user agent may send.
    public var frameBytes = 65_536
    /// Registrations and unregistrations of one connection that wait for the store at the same time.
    public var pendingRequests = 100
    /// User agents that come back are let in at this rate; zero for no limit.
    public var hellosPerSecond = 2000
    /// WebSockets from one address; zero for no limit.
    public var connectionsPerAddress = 0
    /// A user agent that takes nothing of what is sent to it for so long is disconnected.
    public var slowReaderSeconds = 30
    /// Broadcasts that one user agent may be told of; of more the first by name.
    public var broadcastsPerUserAgent = 50
    /// Frames that may arrive between a hello and its reply.
    public var framesBeforeHelloReply = 8
    /// Delivery receipts, and subscriptions to them that nobody uses, are deleted after so long.
    public var receiptLifetimeDays = 30
    /// Endpoints that are remembered to have ended, so that a post to one costs no look-up.
    public var endedEndpoints = 100_000
    /// Verified VAPID tokens that are remembered, so that a repeated one costs no signature check.
    public var verifiedTokens = 10_000
    /// A sender may remember that an endpoint is gone for so long.
    public var goneCacheSeconds = 86_400
    /// When a sender should come back after a storage failure.
    public var retryAfterSeconds = 10

    /// A connection whose hello the store can't answer for so long is closed.
    public var lookUpDeadlineSeconds: Double = 30
    /// How often a node asks what news from other nodes it has missed.
    public var resyncSeconds: Double = 30

    public init() {}
}
