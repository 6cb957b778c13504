/// What can happen to a session: the server feeds these in, one at a time.
public enum SessionEvent: Sendable {
    /// The user agent sent a text frame.
    case frame(String)
    /// The answer to `lookUp`: the connection's number; nil when the store doesn't know the user agent.
    case lookedUp(ConnectionNumber?)
    /// The answers to `register`.
    case registered(Registration)
    case registrationFailed(Registration)
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
    /// Time passed. Needed at ``Session/deadline``, harmless at any moment.
    case tick
    /// A newer connection of the same user agent took over.
    case replaced
    /// The server stops.
    case serverStopping
}

/// A channel being registered, and the endpoint that its user agent will be told.
public struct Registration: Sendable, Hashable {
    public var channel: Channel
    public var pushEndpoint: String

    public init(channel: Channel, pushEndpoint: String) {
        self.channel = channel
        self.pushEndpoint = pushEndpoint
    }
}
