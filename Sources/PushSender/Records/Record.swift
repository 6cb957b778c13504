/// A JSON object that an App's server keeps here, beside or instead of a device.
public struct Record: Sendable, Hashable {
    public let id: RecordID
    /// The object's text, byte for byte as it was written: with members that nobody knows, in their order.
    public let body: String
    /// Whether it is a device, which then has the record's id.
    public let isDevice: Bool

    public init(id: RecordID, body: String, isDevice: Bool) {
        self.id = id
        self.body = body
        self.isDevice = isDevice
    }

    public var device: DeviceID? { isDevice ? DeviceID(rawValue: id.rawValue) : nil }
}

/// A record's name in its collection. Those that are made here are UUIDs in the order of time, as devices' are.
public struct RecordID: RawRepresentable, Sendable, Hashable, Codable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// Records of one sort: `installations`, `notifications`.
public struct RecordCollection: RawRepresentable, Sendable, Hashable, Codable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// What is to be kept of a record.
public struct RecordDraft: Sendable {
    /// A JSON object. A member of it called `id` is nobody's.
    public var body: String
    /// The device that the record is, if it is one.
    public var device: RecordDevice?

    public init(body: String, device: RecordDevice? = nil) {
        self.body = body
        self.device = device
    }
}

/// A record on its way in.
public struct RecordEntry: Sendable {
    public let draft: RecordDraft
    /// The name that it gets if it is new.
    public let newID: RecordID
    /// A record that fits is the one meant, one that is gone with its device's token too: it gets this body, and keeps its id.
    public let twin: RecordCondition?

    public init(_ draft: RecordDraft, newID: RecordID, twin: RecordCondition? = nil) {
        self.draft = draft
        self.newID = newID
        self.twin = twin
    }
}

/// What a device says that is a record at the same time. Until there is an App of that name the record stands alone.
public struct RecordDevice: Sendable, Hashable {
    public let appName: String
    public let provider: ProviderName
    public let token: Token
    /// As in ``DeviceRegistration``.
    public var isEnvironmentGuessed = false
    public var user: String?
    public var topics: [String] = []
    public var profile = DeviceProfileChanges()

    public init(appName: String, provider: ProviderName, token: Token) {
        self.appName = appName
        self.provider = provider
        self.token = token
    }
}

/// What records may be at most.
public enum RecordLimits {
    public static let bodyBytes = 65_536
    public static let idBytes = 256
    /// Values with a place, members of lists too. What a record has beyond them is kept, but nobody finds it.
    public static let terms = 1000
    /// Of a place such as `meta.color`. What has a longer one isn't found.
    public static let pathBytes = 256
    /// Of a pattern to find text by.
    public static let patternBytes = 1024
}
