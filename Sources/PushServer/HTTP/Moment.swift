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
    static func text(_ date: Date) -> String { date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)) }
}
