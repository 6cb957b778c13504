import Foundation
import PushSender

/// What a clock on the wall shows at every minute of eight days: a slow and simple way to say when which hours are.
struct MinuteByMinute {
    private let start: Date
    private let count = 8 * 1440
    /// Minutes since 1970-01-01 00:00, as the clock shows them at the start.
    private let firstReading: Int
    /// For each minute that a calendar has from then on, at which of ours the clock shows it first, and last; for what is skipped, the
    /// minute after that.
    private var firstShown: [Int] = []
    private var lastShown: [Int] = []

    init(zone: TimeZone, around middle: Date) {
        let start = middle - 3 * 86_400
        func reading(at minute: Int) -> Int {
            let instant = start + Double(minute) * 60
            return (Int(instant.timeIntervalSince1970) + zone.secondsFromGMT(for: instant)) / 60
        }
        self.start = start
        firstReading = reading(at: 0)
        for minute in 0..<count {
            let index = reading(at: minute) - firstReading
            while firstShown.count <= index {
                firstShown.append(minute)
                lastShown.append(minute)
            }
            lastShown[index] = minute
        }
    }

    func allowed(by hours: SendingHours) -> [Bool] {
        var allowed = Array(repeating: hours.window == nil, count: count)
        for span in hours.window.map(spans(of:)) ?? [] { for minute in span { allowed[minute] = true } }
        for span in hours.quiet.flatMap(spans(of:)) { for minute in span { allowed[minute] = false } }
        return allowed
    }

    /// - Parameter allowed: an answer of ``allowed(by:)``.
    func first(of allowed: [Bool], atOrAfter instant: Date) -> Date? {
        let minute = Int(instant.timeIntervalSince(start) / 60)
        return allowed[minute...].firstIndex(of: true).map { start + Double($0) * 60 }
    }

    private func spans(of hours: DailyHours) -> [Range<Int>] {
        let from = hours.from.secondOfDay / 60, until = hours.until.secondOfDay / 60
        let today = firstReading / 1440
        return (today - 1...today + 9).map { day in
            let first = minute(in: firstShown, showing: day * 1440 + from)
            let end = minute(in: lastShown, showing: day * 1440 + until + (until <= from ? 1440 : 0))
            return first..<max(first, end)
        }
    }

    private func minute(in shown: [Int], showing reading: Int) -> Int {
        let index = reading - firstReading
        return index < 0 ? 0 : index < shown.count ? shown[index] : count
    }
}
