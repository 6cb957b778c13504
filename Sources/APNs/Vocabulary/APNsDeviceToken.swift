/// What an app, one of its extensions or a Live Activity got from the system to be pushed to. Its length is not fixed: Apple may change it.
public struct APNsDeviceToken: Sendable, Hashable {
    /// Lower-case hex.
    public let hex: String

    /// Far more than any token has: an app's has 32 bytes, a Live Activity's around a hundred.
    public static let maximumBytes = 512

    /// - Parameter hex: digits of either case, two for each byte.
    /// - Throws: `invalidToken`.
    public init(hex: String) throws(APNsError) {
        let digits = hex.utf8.count
        try check(
            digits > 0 && digits % 2 == 0 && digits <= 2 * Self.maximumBytes, .invalidToken, nil,
            "a device token is an even number of hex digits, at most \(2 * Self.maximumBytes); this has \(digits)")
        var hasUpperCase = false
        for digit in hex.utf8 {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): continue
            case UInt8(ascii: "A")...UInt8(ascii: "F"): hasUpperCase = true
            default: throw APNsError(.invalidToken, "a device token is written in hex digits; this has another character")
            }
        }
        self.hex = hasUpperCase ? hex.lowercased() : hex
    }
}
