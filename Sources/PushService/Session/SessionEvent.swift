/// What can happen to a session: the server feeds these in, one at a time.
public enum SessionEvent: Sendable {
    /// The user agent sent a text frame.
    case frame(String)
    /// The answer to `lookUp`: the connection's number; nil when the store doesn't know the user agent.
    case lookedUp(ConnectionNumber?)
    /// The answers to `register`.
    case registered(Registration)
    case registrationFailed(ChannelID)
    /// The answers to `unregister`.
    case unregistered(ChannelID)
    case unregistrationFailed(ChannelID)
    /// The answer to `load`.
    case loaded(MessagePage)
    /// A look-up or a load failed for good: the session ends, and the user agent comes back later. Nothing is lost.
    case storeFailed
    /// A message for this user agent: already stored, or one of TTL 0 that exists only here.
    case offered(Message)
    /// Another node stored a message of that number.
    case stored(MessageSequence)
    /// The answer to `probe`: whether the store has such a message.
    case probed(Bool)
    /// There is something new on the board.
    case announced(BroadcastBoard)
    /// Time passed. Needed at ``Session/deadline``, harmless at any moment.
    case tick
    /// A newer connection of the same user agent took over.
    case replaced
    /// The server stops.
    case serverStopping
}

/// A channel that was registered, and the key to which its endpoint is restricted.
public struct Registration: Sendable, Hashable {
    public var channel: Channel
    public var epoch: SubscriptionEpoch
    /// The raw VAPID key of the only application server that may post; nil when anybody may.
    public var vapidKey: [UInt8]?

    public init(channel: Channel, epoch: SubscriptionEpoch, vapidKey: [UInt8]?) {
        self.channel = channel
        self.epoch = epoch
        self.vapidKey = vapidKey
    }
}
