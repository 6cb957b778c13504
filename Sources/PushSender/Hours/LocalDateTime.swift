public import Foundation

/// What a calendar and a clock on the wall show, wherever they hang: `2026-12-24T18:00`.
public struct LocalDateTime: Sendable, Hashable {
    /// See ``WallClock``.
    private let reading: Int

    private init(reading: Int) { self.reading = reading }

    /// - Parameters:
    ///   - text: `YYYY-MM-DDTHH:MM` or `YYYY-MM-DDTHH:MM:SS`, without an offset.
    ///   - field: as the API spells it.
    /// - Throws: ``PushProblem`` when it is anything else, or there is no such day.
    public init(_ text: String, field: String = "local_time") throws(PushProblem) {
        guard let reading = Self.reading(text) else {
            let hint =
                Self.namesOffset(text)
                ? "it is the same moment for everybody; use send_at for that, or leave the offset out"
                : "this is no local date and time; write it as 2026-12-24T18:00"
            throw PushProblem(.invalidField, field: field, hint)
        }
        self.reading = reading
    }

    /// What the clock shows, without the date.
    public var timeOfDay: TimeOfDay { TimeOfDay(secondOfDay: reading - day * WallClock.daySeconds) }

    /// When it is that late there. Where clocks show it twice, the first time; where they are put forward over it, the moment after that.
    public func moment(in zone: TimeZone) -> Date {
        WallClock(zone: zone).moments(showing: reading).lowerBound
    }

    /// When clocks show the same time next, on this date or a later one.
    public func moment(in zone: TimeZone, atOrAfter earliest: Date) -> Date {
        var day = max(day, WallClock(zone: zone).day(at: earliest))
        while moved(to: day).moment(in: zone) < earliest { day += 1 }
        return moved(to: day).moment(in: zone)
    }

    /// The first and the last moment at which it is that late somewhere.
    var momentsOnEarth: ClosedRange<Date> {
        let utc = Date(timeIntervalSince1970: TimeInterval(reading))
        return utc.addingTimeInterval(-14 * 3600)...utc.addingTimeInterval(12 * 3600)
    }

    private var day: Int { Int((Double(reading) / Double(WallClock.daySeconds)).rounded(.down)) }

    private func moved(to day: Int) -> LocalDateTime {
        LocalDateTime(reading: day * WallClock.daySeconds + timeOfDay.secondOfDay)
    }
}

extension LocalDateTime {
    private static func reading(_ text: String) -> Int? {
        let whole = text.utf8.count == 16 ? "\(text):00" : text
        // What the calendar doesn't have, a lenient reader turns into something else.
        guard let utc = try? Date("\(whole)Z", strategy: .iso8601), utc.formatted(.iso8601) == "\(whole)Z" else { return nil }
        return Int(utc.timeIntervalSince1970)
    }

    private static func namesOffset(_ text: String) -> Bool {
        guard let clock = text.split(separator: "T", maxSplits: 1).dropFirst().first else { return false }
        return clock.contains { "Zz+-".contains($0) }
    }
}

extension LocalDateTime: Codable, CustomStringConvertible {
    /// As it is written, without seconds where they are none.
    public var description: String {
        let text = Date(timeIntervalSince1970: TimeInterval(reading)).formatted(.iso8601).dropLast()
        return String(timeOfDay.secondOfDay % 60 == 0 ? text.dropLast(3) : text)
    }

    public func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        try value.encode(description)
    }

    public init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        guard let time = try? LocalDateTime(try value.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: value, debugDescription: "a local time is written as 2026-12-24T18:00")
        }
        self = time
    }
}
