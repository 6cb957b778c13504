#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// One installation of an App that can receive pushes.
public struct Device: Sendable, Hashable {
    public let id: DeviceID
    public let app: AppID
    public let provider: ProviderName
    public var token: Token
    /// The App's own user id. The token belongs to the installation: a new sign-in on the same device replaces the user.
    public var user: String?
    public var topics: [String]
    public var profile: DeviceProfile
    public var createdAt: Date
    /// When the device last said "this is my token". A provider's older "no" doesn't count against it.
    public var registeredAt: Date
    /// Set when a provider proved the token dead. Undone by the next registration; the row stays.
    public var disabledAt: Date?

    public init(
        id: DeviceID, app: AppID, provider: ProviderName, token: Token, user: String?, topics: [String],
        profile: DeviceProfile = DeviceProfile(), createdAt: Date, registeredAt: Date, disabledAt: Date?
    ) {
        self.id = id
        self.app = app
        self.provider = provider
        self.token = token
        self.user = user
        self.topics = topics
        self.profile = profile
        self.createdAt = createdAt
        self.registeredAt = registeredAt
        self.disabledAt = disabledAt
    }
}

/// What a provider knows an installation by.
public struct Token: Sendable, Hashable, Codable {
    /// Unique for an installation at its provider: a Web Push endpoint, an APNs device token, …
    public let address: String
    /// Key material that goes with the address; 81 bytes for Web Push (`p256dh` then `auth`), none for others.
    public let keys: [UInt8]
    /// The world the address belongs to.
    public var environment: ProviderEnvironment
    /// What the address is, where a provider has several sorts: a push type's name at APNs (`voip`, `liveactivity`, …; empty for
    /// the app's own token), `fid` at FCM, `harmony` at HMS.
    public var kind: String
    /// Which of the App's credentials it belongs to: bundle id (APNs), project id (FCM, HMS), package SID or client id (WNS). Empty: the
    /// first.
    public var appIdentifier: String

    public init(
        address: String, keys: [UInt8] = [], environment: ProviderEnvironment = .only, kind: String = "",
        appIdentifier: String = ""
    ) {
        self.address = address
        self.keys = keys
        self.environment = environment
        self.kind = kind
        self.appIdentifier = appIdentifier
    }
}

/// What a device says of itself when it registers.
public struct DeviceRegistration: Sendable {
    /// Which device it is, where the installation remembers; it is made under that name if there is none. Nil: whosever the token is.
    public let id: DeviceID?
    public let app: AppID
    public let provider: ProviderName
    public let token: Token
    /// The device didn't say which world its token is of: a known device stays in the one where it was found.
    public let isEnvironmentGuessed: Bool
    public let user: String?
    /// Topics to join. Nil leaves the memberships of a known device as they are.
    public let topics: [String]?
    public let profile: DeviceProfileChanges

    public init(
        id: DeviceID? = nil, app: AppID, provider: ProviderName, token: Token, isEnvironmentGuessed: Bool = false,
        user: String? = nil, topics: [String]? = nil, profile: DeviceProfileChanges = DeviceProfileChanges()
    ) {
        self.id = id
        self.profile = profile
        self.isEnvironmentGuessed = isEnvironmentGuessed
        self.app = app
        self.provider = provider
        self.token = token
        self.user = user
        self.topics = topics
    }
}
