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

/// RFC 3986 §2.3.
func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "~"):
        true
    default: false
    }
}
