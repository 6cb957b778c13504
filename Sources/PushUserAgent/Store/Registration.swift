import JWS
public import WebPush

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One app's place at a user agent: its channel, its keys, and what it has been handed.
public struct Registration: Sendable {
    /// Our name for the channel; a lower-case UUID.
    public private(set) var channelID: String
    /// Where the application server sends; nil until the channel is registered.
    public private(set) var endpoint: WebPushEndpoint?
    /// The VAPID public key (base64url) that the channel is bound to.
    public private(set) var applicationServerKey: String?
    /// What the application server calls this registration.
    public var deviceID: String?
    /// Opens the messages.
    public let key: UserAgentKey
    /// Versions of the messages handled last, oldest first. A repeat of one of them is dropped.
    public private(set) var recentVersions: [String]

    /// How many handled messages are remembered: more than a push service has in flight.
    public static let rememberedVersions = 128

    /// A registration nobody knows yet, with fresh keys.
    public init(channelID: String = Self.freshChannelID(), key: UserAgentKey = UserAgentKey()) {
        self.channelID = channelID
        self.key = key
        recentVersions = []
    }

    public static func freshChannelID() -> String { UUID().uuidString.lowercased() }

    /// What the application server needs to send; nil until the channel is registered.
    public var subscription: PushSubscription? {
        endpoint.map { PushSubscription(endpoint: $0, expirationTime: nil, keys: key.keys) }
    }

    /// An endpoint is bound to its VAPID key: with another key it takes another channel.
    ///
    /// - Returns: the channel that is of no use any more.
    mutating func bind(to applicationServerKey: String, freshChannelID: String) -> String? {
        let isBound = self.applicationServerKey != nil
        let left = isBound ? channelID : nil
        if isBound { channelID = freshChannelID }
        self.applicationServerKey = applicationServerKey
        endpoint = nil
        return left
    }

    mutating func registered(at endpoint: WebPushEndpoint) { self.endpoint = endpoint }

    mutating func forgetEndpoint() { endpoint = nil }

    func remembers(_ version: String) -> Bool { recentVersions.contains(version) }

    mutating func remember(_ version: String) {
        recentVersions.append(version)
        recentVersions.removeFirst(max(0, recentVersions.count - Self.rememberedVersions))
    }
}

extension Registration: Codable {
    private enum CodingKeys: String, CodingKey {
        case endpoint, auth
        case channelID = "channel_id"
        case applicationServerKey = "application_server_key"
        case deviceID = "device_id"
        case privateKey = "private_key"
        case recentVersions = "recent_versions"
    }

    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        channelID = try fields.decode(String.self, forKey: .channelID)
        endpoint = try fields.decodeIfPresent(String.self, forKey: .endpoint).map { try WebPushEndpoint($0) }
        applicationServerKey = try fields.decodeIfPresent(String.self, forKey: .applicationServerKey)
        deviceID = try fields.decodeIfPresent(String.self, forKey: .deviceID)
        key = try UserAgentKey(
            privateKey: fields.decodeBase64URL(.privateKey), auth: fields.decodeBase64URL(.auth))
        recentVersions = try fields.decode([String].self, forKey: .recentVersions)
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(channelID, forKey: .channelID)
        try fields.encodeIfPresent(endpoint?.url, forKey: .endpoint)
        try fields.encodeIfPresent(applicationServerKey, forKey: .applicationServerKey)
        try fields.encodeIfPresent(deviceID, forKey: .deviceID)
        try fields.encode(Base64URL.encode(key.privateKeyBytes), forKey: .privateKey)
        try fields.encode(Base64URL.encode(key.keys.auth), forKey: .auth)
        try fields.encode(recentVersions, forKey: .recentVersions)
    }
}

extension KeyedDecodingContainer {
    fileprivate func decodeBase64URL(_ key: Key) throws -> [UInt8] {
        guard let bytes = Base64URL.decode(try decode(String.self, forKey: key)) else {
            throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: "not base64url")
        }
        return bytes
    }
}
