import PushSender
import PushService

/// How much may be relayed by this node: the vendor's name at Apple's and Google's is what strangers could spend.
final class RelayLimits: Sendable {
    private enum Sender: Hashable {
        case key([UInt8])
        case address(ClientAddress)
    }

    private let devices: Stocks<DeviceID>?
    private let senders: Stocks<Sender>?

    /// How many of each are remembered.
    private static let askers = 100_000

    init(_ settings: RelaySettings) {
        func stocks<Asker>(_ name: String, _ perMinute: Int) -> Stocks<Asker>? {
            Stocks(name, Double(perMinute) / 60, perMinute, Self.askers)
        }
        devices = stocks("device", settings.deviceMessagesPerMinute)
        senders = stocks("sender", settings.senderMessagesPerMinute)
    }

    /// - Parameter sender: its VAPID key, where it has said who it is.
    /// - Throws: 429, with when to come again.
    func take(_ device: DeviceID, by sender: [UInt8]?, from address: ClientAddress, now: ContinuousClock.Instant) throws(EndpointRefusal) {
        let sender = sender.map(Sender.key) ?? .address(address.party)
        try pass(senders?.take(sender, now: now), "by one sender")
        try pass(devices?.take(device, now: now), "to one device")
    }

    private func pass(_ verdict: RateVerdict?, _ whose: String) throws(EndpointRefusal) {
        guard let wait = verdict?.wait else { return }
        throw .tooMany(whose, retryAfterSeconds: wait.wholeSeconds)
    }
}
