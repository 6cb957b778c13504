import Configuration

/// The blind relay: `relay.…`.
public struct RelaySettings: Sendable {
    /// Whether devices may have capability URLs: `enabled`, default false.
    public var isEnabled = false
    /// What Apple's devices show before the app has decrypted, unless the device asked for something else: `title`.
    public var title = "New message"
    /// Messages to one device: `deviceMessagesPerMinute`, 0 for no limit.
    public var deviceMessagesPerMinute = 60
    /// Messages by one sender, which is a VAPID key, or an address where there is none: `senderMessagesPerMinute`, 0 for no limit.
    public var senderMessagesPerMinute = 600

    public init() {}

    /// Short, because it stands in URLs, which have 1,000 bytes at most.
    static let titleCharacters = 50

    /// - Throws: ``SettingsError`` that names the setting.
    mutating func read(_ config: ConfigReader) async throws {
        isEnabled = try await config.fetchBool(forKey: "enabled", default: isEnabled)
        title = try await config.fetchString(forKey: "title", default: title)
        guard !title.isEmpty, title.unicodeScalars.count <= Self.titleCharacters else {
            throw SettingsError(key: "relay.title", message: "give 1 to \(Self.titleCharacters) characters")
        }
        deviceMessagesPerMinute = try await config.checkedInt("deviceMessagesPerMinute", default: deviceMessagesPerMinute, 0...1_000_000)
        senderMessagesPerMinute = try await config.checkedInt("senderMessagesPerMinute", default: senderMessagesPerMinute, 0...1_000_000)
    }
}
