/// The section `android` of ``HMSMessage``.
public struct HMSAndroid: Sendable, Hashable, Codable {
    /// -1 keeps all undelivered messages, 0 the newest, 1 to 100 the newest of each number.
    public var collapseKey: Int?
    /// `HIGH` or `NORMAL`. `HIGH` for a data message needs a right (80300011).
    public var urgency: String?
    /// `IM`, `VOIP`, `SUBSCRIPTION`, `TRAVEL`, `HEALTH`, `WORK`, `ACCOUNT`, `EXPRESS`, `FINANCE`, `DEVICE_REMINDER`, `MAIL`, `PLAY_VOICE`,
    /// `MARKETING`.
    public var category: String?
    /// Seconds with an s, at most ``HMSLimits/ttlSeconds``: `86400s`, which is what holds when it is missing.
    public var ttl: String?
    /// Comes back in receipts: up to 64 characters.
    public var biTag: String?
    public var receiptID: String?
    /// Quick apps: 1 in development, 2 in production.
    public var fastAppTarget: Int?
    /// 0 a normal message, 1 a test message, of which there are 500 a day.
    public var targetUserType: Int?
    /// Wins over ``HMSMessage/data``.
    public var data: String?
    public var notification: HMSAndroidNotification?

    public init() {}

    /// The seconds of ``ttl``; nil when it has another form.
    public static func seconds(of ttl: String) -> Int? {
        ttl.hasSuffix("s") ? Int(ttl.dropLast()) : nil
    }

    private enum CodingKeys: String, CodingKey {
        case collapseKey = "collapse_key"
        case urgency, category, ttl
        case biTag = "bi_tag"
        case receiptID = "receipt_id"
        case fastAppTarget = "fast_app_target"
        case targetUserType = "target_user_type"
        case data, notification
    }
}
