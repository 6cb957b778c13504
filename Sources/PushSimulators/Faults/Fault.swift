/// One thing that goes wrong, for whom, and how often.
///
/// A fault with no selector meets every push. Its actions combine: a latency and a status give a late refusal.
public struct Fault: Sendable, Codable, Equatable {
    // For whom
    public var provider: SimulatedProvider?
    /// `production` or `sandbox`: the port that was asked. APNs only.
    public var environment: String?
    /// `push` (when missing), `oauth`, or `any`.
    public var on: String?
    /// Exactly this device token, registration token, channel URI or subscription id.
    public var token: String?
    public var token_prefix: String?
    /// The share of requests it meets, 0 to 1, by seeded chance.
    public var rate: Double?
    /// Only requests before which the connection had at least this many.
    public var after_requests: Int?
    /// How many times it happens; without end when missing.
    public var times: Int?

    // What happens
    public var status: Int?
    /// The provider's word for it; the status's usual one when missing.
    public var reason: String?
    /// Added to the reply, like `Retry-After`.
    public var headers: [String: String]?
    public var latency_ms: Int?
    /// Never answers.
    public var silence: Bool?
    /// RST_STREAM with this code (`REFUSED_STREAM`, `INTERNAL_ERROR`, …); over HTTP/1.1 the connection ends.
    public var reset: String?
    public var goaway: GoAway?
    /// Ends the connection: `before` the reply, or `after` it.
    public var close: String?
    /// The connection stays open, and nothing is read or written on it any more.
    public var half_open: Bool?
    /// SETTINGS_MAX_CONCURRENT_STREAMS from now on.
    public var stream_limit: Int?
    public var reply_body: ReplyBody?
    /// The token died: 410 of APNs and WNS, UNREGISTERED of FCM, an illegal token of HMS.
    public var dead: Bool?
    /// With `dead`: when the provider learned of it, in milliseconds since 1970; now when missing.
    public var dead_since_ms: Int?
    /// The token is of this APNs environment, `production` or `sandbox`: the other one's port doesn't know it.
    public var belongs_to: String?

    /// GOAWAY (RFC 9113 §6.8).
    public struct GoAway: Sendable, Codable, Equatable {
        /// Whether the request that met the fault is still answered; false makes its stream the first that isn't.
        public var answered: Bool?
        /// In the debug data, as APNs writes it; `Shutdown` when missing.
        public var reason: String?

        public init(answered: Bool? = nil, reason: String? = nil) {
            self.answered = answered
            self.reason = reason
        }
    }

    /// A body that comes slowly, in pieces of `piece_bytes`, and ends after `bytes`, or never.
    public struct ReplyBody: Sendable, Codable, Equatable {
        public var bytes: Int?
        public var piece_bytes: Int?
        public var every_ms: Int?

        public init(bytes: Int? = nil, piece_bytes: Int? = nil, every_ms: Int? = nil) {
            self.bytes = bytes
            self.piece_bytes = piece_bytes
            self.every_ms = every_ms
        }
    }

    public init() {}
}
