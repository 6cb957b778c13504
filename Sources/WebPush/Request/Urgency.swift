/// How much battery a message is worth to a user agent (RFC 8030 §5.3). The raw value is the header's.
public enum Urgency: String, Sendable, CaseIterable, Comparable {
    /// On power and Wi-Fi: advertisements.
    case veryLow = "very-low"
    /// On power or Wi-Fi: topic updates.
    case low
    /// On neither: chat or calendar messages. What a push service takes when the header is missing.
    case normal
    /// Even with a low battery: calls, time-critical alerts.
    case high

    public static func < (one: Self, other: Self) -> Bool { one.rank < other.rank }

    private var rank: Int {
        switch self {
        case .veryLow: 0
        case .low: 1
        case .normal: 2
        case .high: 3
        }
    }
}
