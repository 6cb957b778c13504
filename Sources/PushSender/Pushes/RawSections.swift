// What is sent to one provider as it is, instead of the neutral notification. Every `String` that holds JSON or XML here goes out byte for
// byte as it came in.

public struct APNsSection: Sendable, Hashable, Codable {
    /// `apns-id`, a UUID, the same for every device; missing: one for each, made of the push and the device.
    public var id: String?
    /// The JSON payload, with `aps` and custom keys.
    public var payload: String?
    /// `apns-push-type`; derived from the payload when missing.
    public var pushType: String?
    /// `apns-priority`: 10, 5 or 1.
    public var priority: Int?
    /// `apns-expiration`: the second since 1970 after which APNs gives up, 0 for one attempt; when the push expires when missing.
    public var expiration: Int?
    /// `apns-collapse-id`; the push's collapse key when missing.
    public var collapseID: String?
    public init(
        payload: String? = nil, pushType: String? = nil, priority: Int? = nil, expiration: Int? = nil, collapseID: String? = nil
    ) {
        self.payload = payload
        self.pushType = pushType
        self.priority = priority
        self.expiration = expiration
        self.collapseID = collapseID
    }
}

public struct FCMSection: Sendable, Hashable, Codable {
    /// The JSON object `message` of `messages:send`, without a target.
    public var message: String
    /// `validate_only`: FCM checks everything and delivers nothing.
    public var validateOnly: Bool?
    public init(message: String, validateOnly: Bool? = nil) {
        self.message = message
        self.validateOnly = validateOnly
    }
}

public struct HMSSection: Sendable, Hashable, Codable {
    /// The JSON object `message` of v1 and v2, without a target: for tokens of HMS Core.
    public var message: String?
    /// The JSON object `payload` of v3: for tokens of HarmonyOS 5 and later.
    public var payload: String?
    /// The JSON object `pushOptions` of v3.
    public var pushOptions: String?
    /// The header `push-type` of v3; 0 when missing.
    public var pushType: Int?
    public init(message: String? = nil, payload: String? = nil, pushOptions: String? = nil, pushType: Int? = nil) {
        self.message = message
        self.payload = payload
        self.pushOptions = pushOptions
        self.pushType = pushType
    }
}

public struct WNSSection: Sendable, Hashable, Codable {
    /// `wns/toast`, `wns/tile`, `wns/badge` or `wns/raw`.
    public var type: String
    /// XML, or anything for `wns/raw`.
    public var payload: String
    /// `X-WNS-Tag`
    public var tag: String?
    public init(type: String, payload: String, tag: String? = nil) {
        self.type = type
        self.payload = payload
        self.tag = tag
    }
}

public struct WebPushSection: Sendable, Hashable, Codable {
    /// What is encrypted.
    public var payload: String
    /// `TTL`: how long push services keep it; as long as the push is worth sending when missing.
    public var ttlSeconds: Int?
    /// `Urgency`: very-low, low, normal or high; the push's when missing.
    public var urgency: String?
    /// What `Topic` is made of; the push's collapse key when missing.
    public var collapseKey: String?
    public init(payload: String, ttlSeconds: Int? = nil, urgency: String? = nil, collapseKey: String? = nil) {
        self.payload = payload
        self.ttlSeconds = ttlSeconds
        self.urgency = urgency
        self.collapseKey = collapseKey
    }
}
