public import WebPush

/// What a user agent says: one JSON text frame.
public enum ClientMessage: Sendable, Hashable {
    /// The first frame.
    case hello(Hello)
    /// Subscribe. `key` is the application server's VAPID key to which the endpoint shall be restricted, base64url.
    case register(channel: ChannelID, key: String?)
    /// Unsubscribe. `code`: 200 by the user, 201 quota used up, 202 permission withdrawn.
    case unregister(channel: ChannelID, code: Int?)
    /// Messages are done with.
    case acknowledge([Acknowledgement])
    /// After an acknowledgement: the application's handler failed. 301 threw, 302 rejected or timed out, 303 other.
    case failed(version: String, code: Int?)
    /// Interest in broadcasts, with the versions that the user agent has, by id.
    case subscribeToBroadcasts([String: String])
    /// From now on only messages of this urgency or a higher one are worth waking the device for (RFC 8030 §5.3): in our words, or in
    /// those that Mozilla's service may be built with (`min`), which are answered.
    case want(Urgency, isAnswered: Bool)
    /// `{}` or `{"messageType":"ping"}`: "are you there?"
    case ping
    /// A `messageType` from a later edition of the protocol.
    case unknown(messageType: String)
}

/// What a user agent introduces itself with.
public struct Hello: Sendable, Hashable {
    /// The text as given: absent, empty or nonsense all mean "I need a new one".
    public var uaid: String?
    /// Broadcasts that it wants to hear of, with the versions it has, by id.
    public var broadcasts: [String: String]
    /// The lowest urgency that is worth waking the device for. Not of Mozilla's protocol: browsers want everything.
    public var urgency: Urgency

    public init(uaid: String? = nil, broadcasts: [String: String] = [:], urgency: Urgency = .veryLow) {
        self.uaid = uaid
        self.broadcasts = broadcasts
        self.urgency = urgency
    }
}

/// One line of an `ack` frame.
public struct Acknowledgement: Sendable, Hashable {
    /// The message's `version`, verbatim.
    public var version: String
    public var verdict: Verdict

    public init(version: String, verdict: Verdict = .delivered) {
        self.version = version
        self.verdict = verdict
    }

    /// All three are final: sending the message again would bring the same answer.
    public enum Verdict: Int, Sendable, Hashable {
        /// Handed to the application.
        case delivered = 100
        /// The user agent couldn't decrypt it.
        case undecryptable = 101
        /// Not handed over: a repeat of a message it has had, or a channel it doesn't know.
        case notDelivered = 102
    }
}
