/// A token that a push brings along, of no registered device.
public struct RawToken: Sendable, Hashable, Codable {
    public let provider: ProviderName
    public let token: Token

    public init(provider: ProviderName, token: Token) {
        self.provider = provider
        self.token = token
    }

    /// Kinds of tokens that aren't one device's but name what a provider itself knows the devices of: FCM and HMS Core have them.
    public static let topicKind = "topic"
    /// An expression over the provider's topics.
    public static let conditionKind = "condition"

    /// What deliveries to the token at that place of an audience's list are told apart by. No registered device is called so.
    public static func device(at index: Int) -> DeviceID { DeviceID(rawValue: "token:\(index)") }

    /// The place in the list, for a name made by ``device(at:)``.
    public static func index(of device: DeviceID) -> Int? {
        device.rawValue.hasPrefix("token:") ? Int(device.rawValue.dropFirst("token:".count)) : nil
    }
}
