/// A request of v3, without its target: for HarmonyOS 5 and later (Push Kit for HarmonyOS, "messages:send").
public struct HarmonyMessage: Sendable, Hashable {
    /// The header `push-type`.
    public var pushType: HarmonyPushType
    public var payload: Payload
    public var pushOptions: HarmonyPushOptions

    public init(pushType: HarmonyPushType, payload: Payload, pushOptions: HarmonyPushOptions = .init()) {
        self.pushType = pushType
        self.payload = payload
        self.pushOptions = pushOptions
    }

    public struct Payload: Sendable, Hashable, Codable {
        public var notification: HarmonyNotification?
        /// Handed to the app, by push types that wake it.
        public var extraData: String?
        public init(notification: HarmonyNotification? = nil, extraData: String? = nil) {
            self.notification = notification
            self.extraData = extraData
        }
    }
}

/// What a request of v3 is for: the header `push-type`. Form updates, live views and in-app calls have payloads of their own, which go out
/// raw.
public struct HarmonyPushType: RawRepresentable, Sendable, Hashable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// A notification, or a number on the icon.
    public static let alert = HarmonyPushType(rawValue: 0)
    /// New content for a widget; one token a request.
    public static let form = HarmonyPushType(rawValue: 1)
    /// A notification that the app works on before it is shown: text to speech.
    public static let `extension` = HarmonyPushType(rawValue: 2)
    /// Shows nothing and wakes the app.
    public static let background = HarmonyPushType(rawValue: 6)
    public static let liveView = HarmonyPushType(rawValue: 7)
    public static let inAppCall = HarmonyPushType(rawValue: 10)
    /// Device management.
    public static let mdm = HarmonyPushType(rawValue: 11)

    public static let all: [HarmonyPushType] = [.alert, .form, .extension, .background, .liveView, .inAppCall, .mdm]
}

public struct HarmonyPushOptions: Sendable, Hashable, Codable {
    /// 1000 a day and project, at most ten tokens a request.
    public var testMessage: Bool?
    /// Seconds, at most ``HMSLimits/ttlSeconds``; a day when it is missing.
    public var ttl: Int?
    /// Comes back in receipts.
    public var biTag: String?
    public var receiptId: String?
    /// -1 keeps all undelivered messages; 0 to 100 the newest of each number. For alerts and extensions only.
    public var collapseKey: Int?
    public init(ttl: Int? = nil) { self.ttl = ttl }
}
