import Configuration

/// How much may be posted to each node's push service: `pushService.…`.
public struct EndpointLimitSettings: Sendable {
    /// Messages to one subscription: `subscriptionMessagesPerSecond`, 0 for no limit.
    public var subscriptionMessagesPerSecond = 100
    /// Messages by one VAPID key: `senderMessagesPerSecond`, 0 for no limit.
    public var senderMessagesPerSecond = 0
    /// Messages from one address: `addressMessagesPerSecond`, 0 for no limit.
    public var addressMessagesPerSecond = 0
    /// For so long any of them may be asked for at once: `burstSeconds`.
    public var burstSeconds = 10

    public init() {}

    mutating func read(_ config: ConfigReader) async throws {
        subscriptionMessagesPerSecond = try await config.checkedInt(
            "subscriptionMessagesPerSecond", default: subscriptionMessagesPerSecond, Self.rates)
        senderMessagesPerSecond = try await config.checkedInt("senderMessagesPerSecond", default: senderMessagesPerSecond, Self.rates)
        addressMessagesPerSecond = try await config.checkedInt("addressMessagesPerSecond", default: addressMessagesPerSecond, Self.rates)
        burstSeconds = try await config.checkedInt("burstSeconds", default: burstSeconds, 1...3600)
    }

    private static let rates = 0...1_000_000
}
