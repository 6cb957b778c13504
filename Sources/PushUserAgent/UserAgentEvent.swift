/// What befalls a user agent besides messages: something a person may want to know.
public enum UserAgentEvent: Sendable {
    /// The push service greets back: messages may come.
    case connected
    /// The connection ended, or there was none; the next attempt comes in that many seconds.
    case disconnected(UserAgentError, retryInSeconds: Double)
    /// An app cannot do its part now: it could not subscribe, or take a message.
    case failed(app: String, UserAgentError, retryInSeconds: Double)
    /// An app failed on a message for the last time. The message is acknowledged, and lost to the app.
    case gaveUp(app: String, version: String, UserAgentError)
    /// A message that the key does not open. It was refused for good (ack 101).
    case undecryptable(app: String, version: String, reason: String)
    /// A frame that is not of the protocol. It was ignored.
    case unreadableFrame
}
