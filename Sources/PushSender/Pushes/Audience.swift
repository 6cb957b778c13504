/// Whom a push is for: the union of what is named, each device once, or everyone.
public struct Audience: Sendable, Hashable, Codable {
    public var everyone: Bool
    public var devices: [DeviceID]
    public var users: [String]
    public var topics: [String]

    public static let everyone = Audience(everyone: true)

    public init(everyone: Bool = false, devices: [DeviceID] = [], users: [String] = [], topics: [String] = []) {
        self.everyone = everyone
        self.devices = devices
        self.users = users
        self.topics = topics
    }

    /// The number of names in the lists.
    public var nameCount: Int { devices.count + users.count + topics.count }

    /// Few devices at most, so that it may overtake a broadcast.
    public var isDirect: Bool { !everyone && topics.isEmpty && nameCount <= 20 }

    public var kind: SliceKind { isDirect ? .direct : .broadcast }
}
