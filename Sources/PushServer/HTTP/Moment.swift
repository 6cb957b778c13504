#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A point in time as the API and files spell it: RFC 3339, with or without fractions of a second.
enum Moment {
    static let hint = "give a moment such as 2026-12-24T18:00:00Z or 2026-12-24T18:00:00+01:00"

    static func date(_ text: String) -> Date? {
        let styles = [Date.ISO8601FormatStyle(includingFractionalSeconds: true), Date.ISO8601FormatStyle()]
        return styles.lazy.compactMap { try? $0.parse(text) }.first
    }

    /// With milliseconds, in UTC.
    static func text(_ date: Date) -> String {
        // Foundation cuts off what is less than a millisecond, and few milliseconds are a double: a little more is always right.
        let milliseconds = (date.timeIntervalSince1970 * 1000).rounded()
        return Date(timeIntervalSince1970: (milliseconds + 0.1) / 1000).formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
