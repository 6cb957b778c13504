import PushService

/// How much may be posted to this node's push service, and by whom.
final class EndpointLimits: Sendable {
    private let subscriptions: Stocks<Channel>?
    private let senders: Stocks<[UInt8]>?
    private let addresses: Stocks<ClientAddress>?

    /// How many of each are remembered.
    private static let askers = 100_000

    init(_ settings: EndpointLimitSettings) {
        let burst = settings.burstSeconds
        func stocks<Asker>(_ name: String, _ rate: Int) -> Stocks<Asker>? { Stocks(name, Double(rate), rate * burst, Self.askers) }
        subscriptions = stocks("subscription", settings.subscriptionMessagesPerSecond)
        senders = stocks("sender", settings.senderMessagesPerSecond)
        addresses = stocks("address", settings.addressMessagesPerSecond)
    }

    /// Counts a message that is otherwise fine.
    /// - Throws: 429, with when to come again.
    func take(_ message: NewMessage, from address: ClientAddress, now: ContinuousClock.Instant) throws(EndpointRefusal) {
        try pass(addresses?.take(address.party, now: now), "from one address")
        // Without a key a sender is nobody in particular: its address stands for it.
        if let sender = message.sender { try pass(senders?.take(sender, now: now), "by one sender") }
        try pass(subscriptions?.take(message.channel, now: now), "to one subscription")
    }

    private func pass(_ verdict: RateVerdict?, _ whose: String) throws(EndpointRefusal) {
        guard let verdict, let wait = verdict.wait else { return }
        throw .tooMany(whose, retryAfterSeconds: wait.wholeSeconds)
    }
}
