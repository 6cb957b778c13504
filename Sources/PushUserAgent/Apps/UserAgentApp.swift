public import WebPush

/// An app that a user agent receives messages for: it registers the subscription where pushes come from, and takes the messages.
///
/// An error with the code ``UserAgentError/Code/tryAgain`` is a passing one, and the app is asked again later. Any other error ends
/// ``UserAgent/run(_:)``, and with it what the user agent does for every other app.
public protocol UserAgentApp: Sendable {
    /// The VAPID public key (base64url) to subscribe with. Asked with every connection; another key than the last one means a new
    /// subscription.
    func applicationServerKey() async throws -> String

    /// The subscription that pushes must be sent to. Called with every connection, as the application server may have forgotten it.
    ///
    /// - Returns: the id under which the application server knows this subscription, to be kept in the store; nil when it has none.
    func subscribed(_ subscription: PushSubscription) async throws -> String?

    /// A message. When this returns, the message is acknowledged and will not come again; so keep or show it first. Calls come one
    /// at a time and in order, unless ``UserAgentSettings/parallelDeliveries`` says otherwise.
    ///
    /// A message that this fails on with `tryAgain` is handed over again after a pause, and given up after
    /// ``UserAgentSettings/deliveryAttempts``.
    func received(_ message: ReceivedMessage) async throws
}
