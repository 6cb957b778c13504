import Foundation

/// What clocks on the wall show in a time zone, and when they show it.
///
/// A reading is the seconds from 1970-01-01 00:00 to what the clock shows, as if no clock were ever put forward or back.
struct WallClock {
    let zone: TimeZone

    static let daySeconds = 86_400

    func reading(at instant: Date) -> Int {
        Int(instant.timeIntervalSince1970.rounded(.down)) + offset(at: instant)
    }

    /// Days since 1970-01-01.
    func day(at instant: Date) -> Int {
        Int((Double(reading(at: instant)) / Double(Self.daySeconds)).rounded(.down))
    }

    /// The first and the last moment at which the clock shows it. They differ where the clock was put back meanwhile; where it was put
    /// forward over the reading, both are the moment after that.
    func moments(showing reading: Int) -> ClosedRange<Date> {
        // No clock is farther from UTC than that.
        let early = reading - 15 * 3600
        let late = reading + 15 * 3600
        let candidates = [reading - offset(at: early), reading - offset(at: late)].filter { $0 + offset(at: $0) == reading }
        guard let first = candidates.min(), let last = candidates.max() else {
            let change = date(change(after: early, until: late))
            return change...change
        }
        return date(first)...date(last)
    }

    /// When the offset becomes another one than it is at `early`.
    private func change(after early: Int, until late: Int) -> Int {
        let before = offset(at: early)
        var (same, changed) = (early, late)
        while changed - same > 1 {
            let middle = (same + changed) / 2
            if offset(at: middle) == before { same = middle } else { changed = middle }
        }
        return changed
    }

    private func offset(at seconds: Int) -> Int { offset(at: date(seconds)) }
    private func offset(at instant: Date) -> Int { zone.secondsFromGMT(for: instant) }
    private func date(_ seconds: Int) -> Date { Date(timeIntervalSince1970: TimeInterval(seconds)) }
}
