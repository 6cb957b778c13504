/// A device in a topic.
public struct DeviceMembership: Sendable, Hashable {
    public let device: Device
    public let topic: String

    public init(device: Device, topic: String) {
        self.device = device
        self.topic = topic
    }

    /// Where lists go on.
    public struct Cursor: Sendable, Hashable {
        public let device: DeviceID
        public let topic: String

        public init(device: DeviceID, topic: String) {
            self.device = device
            self.topic = topic
        }
    }
}

/// A user in a topic; everybody where the user is nil.
public struct UserMembership: Sendable, Hashable {
    public let user: String?
    public let topic: String

    public init(user: String?, topic: String) {
        self.user = user
        self.topic = topic
    }
}

/// Which topics are meant: one of `names`, where there are any, that begins with `prefix`.
public struct TopicFilter: Sendable, Hashable {
    public var names: [String]
    public var prefix: String

    public init(names: [String] = [], prefix: String = "") {
        self.names = names
        self.prefix = prefix
    }
}
