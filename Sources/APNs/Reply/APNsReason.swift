/// Why APNs says no. Apple adds reasons, so it is open; and it isn't consistent about spaces and case, so neither counts.
public struct APNsReason: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// As APNs wrote it.
    public let rawValue: String
    private let folded: String

    public init(rawValue: String) {
        self.rawValue = rawValue
        folded = rawValue.filter { !$0.isWhitespace }.lowercased()
    }

    public static func == (one: Self, other: Self) -> Bool { one.folded == other.folded }
    public func hash(into hasher: inout Hasher) { hasher.combine(folded) }
    public var description: String { rawValue }
}

// Apple: Handling notification responses from APNs.
extension APNsReason {
    public static let badCollapseID = Self(rawValue: "BadCollapseId")
    /// Malformed, or of the other environment.
    public static let badDeviceToken = Self(rawValue: "BadDeviceToken")
    public static let badExpirationDate = Self(rawValue: "BadExpirationDate")
    public static let badMessageID = Self(rawValue: "BadMessageId")
    public static let badPriority = Self(rawValue: "BadPriority")
    public static let badTopic = Self(rawValue: "BadTopic")
    public static let deviceTokenNotForTopic = Self(rawValue: "DeviceTokenNotForTopic")
    public static let duplicateHeaders = Self(rawValue: "DuplicateHeaders")
    public static let idleTimeout = Self(rawValue: "IdleTimeout")
    public static let invalidPushType = Self(rawValue: "InvalidPushType")
    public static let missingDeviceToken = Self(rawValue: "MissingDeviceToken")
    public static let missingTopic = Self(rawValue: "MissingTopic")
    public static let payloadEmpty = Self(rawValue: "PayloadEmpty")
    public static let topicDisallowed = Self(rawValue: "TopicDisallowed")
    public static let badCertificate = Self(rawValue: "BadCertificate")
    public static let badCertificateEnvironment = Self(rawValue: "BadCertificateEnvironment")
    public static let expiredProviderToken = Self(rawValue: "ExpiredProviderToken")
    public static let forbidden = Self(rawValue: "Forbidden")
    public static let invalidProviderToken = Self(rawValue: "InvalidProviderToken")
    public static let missingProviderToken = Self(rawValue: "MissingProviderToken")
    /// The connection is tied to another key.
    public static let unrelatedKeyIDInToken = Self(rawValue: "UnrelatedKeyIdInToken")
    public static let badEnvironmentKeyIDInToken = Self(rawValue: "BadEnvironmentKeyIdInToken")
    public static let badPath = Self(rawValue: "BadPath")
    public static let methodNotAllowed = Self(rawValue: "MethodNotAllowed")
    public static let expiredToken = Self(rawValue: "ExpiredToken")
    public static let unregistered = Self(rawValue: "Unregistered")
    public static let payloadTooLarge = Self(rawValue: "PayloadTooLarge")
    public static let tooManyProviderTokenUpdates = Self(rawValue: "TooManyProviderTokenUpdates")
    /// To one device.
    public static let tooManyRequests = Self(rawValue: "TooManyRequests")
    public static let internalServerError = Self(rawValue: "InternalServerError")
    public static let serviceUnavailable = Self(rawValue: "ServiceUnavailable")
    /// The server is about to go.
    public static let shutdown = Self(rawValue: "Shutdown")
}

// Apple: Sending channel management requests, Sending broadcast push notification requests.
extension APNsReason {
    /// Broadcasts aren't switched on for the App ID.
    public static let featureNotEnabled = Self(rawValue: "FeatureNotEnabled")
    public static let missingChannelID = Self(rawValue: "MissingChannelId")
    public static let badChannelID = Self(rawValue: "BadChannelId")
    public static let channelNotRegistered = Self(rawValue: "ChannelNotRegistered")
    public static let badRequestParams = Self(rawValue: "BadRequestParams")
    public static let badRequestPayload = Self(rawValue: "BadRequestPayload")
    public static let missingPushType = Self(rawValue: "MissingPushType")
    /// There are too many channels.
    public static let cannotCreateChannelConfig = Self(rawValue: "CannotCreateChannelConfig")
    public static let topicMismatch = Self(rawValue: "TopicMismatch")
    /// Seen, but not documented.
    public static let missingChannelQueueSize = Self(rawValue: "MissingChannelQueueSize")
}
