/// How long a push service keeps a message for a user agent that is away (RFC 8030 §5.2).
public struct TTL: Sendable, Hashable, Comparable {
    /// 0 means: deliver now or drop.
    public let seconds: Int

    /// 2³¹ seconds, the least that every push service must be able to represent and the most that we say.
    public static let maximumSeconds = 1 << 31

    /// - Parameter seconds: clamped to 0...``maximumSeconds``.
    public init(seconds: Int) {
        self.seconds = min(max(seconds, 0), Self.maximumSeconds)
    }

    /// Reads the header `TTL`. More than can be represented means ``maximumSeconds``, as the RFC says.
    ///
    /// - Returns: nil unless there are digits, and nothing but digits.
    public init?(header: some StringProtocol) {
        guard !header.isEmpty, header.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        self.init(seconds: Int(header) ?? Self.maximumSeconds)
    }

    public static func < (one: Self, other: Self) -> Bool { one.seconds < other.seconds }
}
