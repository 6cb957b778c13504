public import JSON

/// What an attempt needs to know of a device.
public struct Recipient: Sendable, Hashable {
    public let device: DeviceID
    public let token: Token
    /// What the device runs, when it has said so; for counting.
    public let platform: String?
    /// Whose device it is and what it says of itself; only for pushes that ask for it (see ``Push/needsProfiles``).
    public let profile: RecipientProfile?

    public init(device: DeviceID, token: Token, platform: String? = nil, profile: RecipientProfile? = nil) {
        self.device = device
        self.token = token
        self.platform = platform
        self.profile = profile
    }
}

/// What a notification's words, and caps on how often, may depend on.
public struct RecipientProfile: Sendable, Hashable {
    public let device: DeviceProfile
    public let user: String?
    /// What the App keeps of its user: a JSON object's members.
    public let userAttributes: [String: JSONValue]
    /// The user's own quiet hours, beside the App's.
    public let userQuietHours: DailyHours?

    public init(
        device: DeviceProfile = DeviceProfile(), user: String? = nil, userAttributes: [String: JSONValue] = [:],
        userQuietHours: DailyHours? = nil
    ) {
        self.device = device
        self.user = user
        self.userAttributes = userAttributes
        self.userQuietHours = userQuietHours
    }
}
