#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The `Retry-After` header (RFC 9110 §10.2.3).
public enum RetryAfter {
    /// - Parameter value: seconds, or a date in any of the three forms of RFC 9110 §5.6.7.
    /// - Returns: the moment it names, at most `limitSeconds` from now; nil when it can't be read.
    public static func moment(_ value: String, now: Date, limitSeconds: Double = 86_400) -> Date? {
        let text = value.trimmingSpaces
        let seconds = UInt64(text).map { Double($0) } ?? HTTPDate.parse(text)?.timeIntervalSince(now)
        return seconds.map { now.addingTimeInterval(min(max(0, $0), limitSeconds)) }
    }
}

extension TransportReply {
    public func retryAfter(now: Date) -> Date? { header("retry-after").flatMap { RetryAfter.moment($0, now: now) } }
}

extension String {
    fileprivate var trimmingSpaces: String {
        String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}
