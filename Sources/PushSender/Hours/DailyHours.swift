public import Foundation

/// A span of each day, as clocks on the wall show it where somebody is: `22:00` until `07:00` goes over midnight.
///
/// It is one span of each local date, from its start on that date. Where clocks are put forward over a bound, the bound is the moment after
/// that; a span whose bounds are both skipped is left out that day. Where clocks show a bound twice, it starts with the first
/// and ends with the last.
public struct DailyHours: Sendable, Hashable {
    public let from: TimeOfDay
    public let until: TimeOfDay

    /// - Parameters:
    ///   - from: `HH:MM` or `HH:MM:SS`, before 24:00.
    ///   - until: not what `from` is; 24:00 is midnight at the day's end.
    /// - Throws: ``PushProblem`` with the field `from` or `until`.
    public init(from: String, until: String) throws(PushProblem) {
        self.from = try Self.time(from, "from")
        self.until = try Self.time(until, "until")
        guard self.from < .endOfDay else {
            throw PushProblem(.invalidField, field: "from", "hours can't begin at 24:00; write 00:00")
        }
        guard self.from != self.until else {
            throw PushProblem(
                .invalidField, field: "until",
                "it is the same as from, so there is nothing between them; 00:00 until 24:00 is the whole day")
        }
    }

    private static func time(_ text: String, _ field: String) throws(PushProblem) -> TimeOfDay {
        guard let time = TimeOfDay(text) else {
            throw PushProblem(.invalidField, field: field, "this is no time of day; write it as 22:00 or 22:00:30, up to 24:00")
        }
        return time
    }

    public func contains(_ instant: Date, in zone: TimeZone) -> Bool {
        end(at: instant, in: zone) != nil
    }

    /// When the span ends that `instant` is in; nil when it is in none.
    public func end(at instant: Date, in zone: TimeZone) -> Date? {
        spans(around: instant, in: zone).filter { $0.contains(instant) }.map(\.upperBound).max()
    }

    /// When the next span starts. Nil would be a zone that skips days on end.
    public func nextStart(atOrAfter instant: Date, in zone: TimeZone) -> Date? {
        spans(around: instant, in: zone).map(\.lowerBound).filter { $0 >= instant }.min()
    }

    /// Whether a clock that shows `time` is within, on any day.
    func covers(_ time: TimeOfDay) -> Bool {
        goesOverMidnight ? time >= from || time < until : time >= from && time < until
    }
}

extension DailyHours {
    private var goesOverMidnight: Bool { until <= from }

    /// The spans of the days before and after, far enough for a date that was put back or skipped.
    private func spans(around instant: Date, in zone: TimeZone) -> [Range<Date>] {
        let clock = WallClock(zone: zone)
        let today = clock.day(at: instant)
        return (today - 2...today + 3).map { span(of: $0, clock) }.filter { !$0.isEmpty }
    }

    private func span(of day: Int, _ clock: WallClock) -> Range<Date> {
        let midnight = day * WallClock.daySeconds
        let start = clock.moments(showing: midnight + from.secondOfDay).lowerBound
        let lastMidnight = goesOverMidnight ? midnight + WallClock.daySeconds : midnight
        let end = clock.moments(showing: lastMidnight + until.secondOfDay).upperBound
        return start..<max(start, end)
    }
}

extension DailyHours: Codable, CustomStringConvertible {
    /// `22:00-07:00`
    public var description: String { "\(from)-\(until)" }

    public func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        try value.encode(description)
    }

    public init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        let bounds = try value.decode(String.self).split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard bounds.count == 2, let hours = try? DailyHours(from: bounds[0], until: bounds[1]) else {
            throw DecodingError.dataCorruptedError(in: value, debugDescription: "hours are written as 22:00-07:00")
        }
        self = hours
    }
}
