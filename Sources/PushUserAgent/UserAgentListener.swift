public import WebPush

/// Whom a user agent works for: it registers the subscription where pushes come from, and takes the messages.
///
/// Calls come one at a time. An error with the code ``UserAgentError/Code/tryAgain`` costs the connection, and the user agent
/// connects again later; any other error ends ``UserAgent/run(for:)``.
public protocol UserAgentListener: Sendable {
    /// The VAPID public key (base64url) to subscribe with. Asked before every connection; another key than the last one means a
    /// new subscription.
    func applicationServerKey() async throws -> String

    /// The subscription that pushes must be sent to. Called after every connection, as the application server may have forgotten it.
    ///
    /// - Returns: the id under which the application server knows this user agent, to be kept in the identity file.
    func subscribed(_ subscription: PushSubscription) async throws -> String?

    /// A message. When this returns, the message is acknowledged and will not come again; so keep or show it first.
    /// After an error here the push service sends it again to the next connection. No error here is taken for `tryAgain`.
    func received(_ message: ReceivedMessage) async throws

    /// Something a person may want to know.
    func happened(_ event: UserAgentEvent)
}

/// What befalls a user agent besides messages.
public enum UserAgentEvent: Sendable {
    /// The connection ended, or there was none; the next attempt comes in that many seconds.
    case disconnected(UserAgentError, retryInSeconds: Double)
    /// A message that the key does not open. It was refused for good (ack 101).
    case undecryptable(version: String, reason: String)
    /// A frame that is not of the protocol. It was ignored.
    case unreadableFrame
}
