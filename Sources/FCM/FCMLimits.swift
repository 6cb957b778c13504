import URLEncoding

/// FCM's limits (Firebase: "Throttling and quotas", reference of `projects.messages` and of `ErrorCode`).
public enum FCMLimits {
    /// Keys and values of data and notification, to a device.
    public static let payloadBytes = 4096
    /// The same to a topic or a condition.
    public static let topicPayloadBytes = 2048
    /// Apple's: what FCM hands on must fit, too.
    public static let apnsPayloadBytes = 4096
    public static let conditionTopics = 5
    public static let conditionBytes = 8192
    public static let topicBytes = 900
    public static let analyticsLabelBytes = 50
    /// 28 days.
    public static let ttlSeconds = 2_419_200
}

/// What topics and analytics labels are made of: `a-zA-Z0-9-_.~%`.
func isLabelByte(_ byte: UInt8) -> Bool { isUnreserved(byte) || byte == UInt8(ascii: "%") }
