/// What the push service says to a user agent: one JSON text frame.
public enum ServerMessage: Sendable, Hashable {
    /// A `uaid` other than the one in the user agent's hello makes it drop its subscriptions.
    case hello(UAID, BroadcastNews = .none)
    /// The answer to a registration: `status` 200 with the endpoint; 400 for a bad key or 500, with a word of why.
    case register(ChannelID, status: Int, pushEndpoint: String)
    case unregister(ChannelID, status: Int)
    /// A message. `version` is the message's sealed id, the same at every resend, and comes back in the ack.
    case notification(ChannelID, version: String, MessageContent)
    /// Newer versions of broadcasts, and ids that there are not.
    case broadcast(BroadcastNews)
    /// The answer to `{"messageType":"urgency","min":…}`.
    case urgency(status: Int)
    /// `{}`
    case pong
}
