import Foundation
import PushSender
import PushTesting
import Testing

struct SendingHoursTests {
    private static func sendingHours(_ window: String?, _ quiet: [String]) throws -> SendingHours {
        SendingHours(window: try window.map { try hours($0) }, quiet: try quiet.map { try hours($0) })
    }

    @Test(arguments: [
        (nil, [], "12:00", "01T12:00"),
        (nil, ["22:00-07:00"], "12:00", "01T12:00"), (nil, ["22:00-07:00"], "22:00", "02T07:00"),
        (nil, ["22:00-07:00"], "07:00", "01T07:00"),
        ("09:00-17:00", [], "08:00", "01T09:00"), ("09:00-17:00", [], "17:00", "02T09:00"), ("09:00-17:00", [], "16:59", "01T16:59"),
        // One ends where, or after, the other has begun.
        (nil, ["22:00-07:00", "06:00-09:00"], "23:00", "02T09:00"), (nil, ["22:00-07:00", "07:00-09:00"], "23:00", "02T09:00"),
        (nil, ["22:00-07:00", "08:00-09:00"], "23:00", "02T07:00"), (nil, ["22:00-24:00", "00:00-07:00"], "22:00", "02T07:00"),
        (nil, ["00:00-12:00", "12:00-23:59"], "00:00", "01T23:59"), (nil, ["22:00-07:00", "23:00-01:00"], "23:30", "02T07:00"),
        // A window that quiet hours leave something of.
        ("06:00-08:00", ["22:00-07:00"], "06:00", "01T07:00"), ("06:00-08:00", ["22:00-07:00"], "08:00", "02T07:00"),
        ("20:00-23:00", ["22:00-07:00"], "22:30", "02T20:00"), ("22:00-07:00", ["23:00-06:00"], "23:30", "02T06:00"),
        ("22:00-07:00", ["23:00-06:00"], "08:00", "01T22:00"), ("12:00-12:01", ["12:01-12:00"], "12:01", "02T12:00"),
    ] as [(String?, [String], String, String)])
    func theNextMomentIsInTheWindowAndNotQuiet(_ window: String?, _ quiet: [String], _ time: String, _ next: String) throws {
        let sending = try Self.sendingHours(window, quiet)
        #expect(try sending.nextAllowed(atOrAfter: utc("2026-06-01T\(time)Z"), in: .gmt) == utc("2026-06-\(next)Z"))
        #expect(!sending.isEmpty)
    }

    @Test(arguments: [
        (nil, ["00:00-24:00"]), (nil, ["12:00-00:00", "00:00-12:00"]), (nil, ["00:00-23:00", "22:00-00:00"]),
        ("23:00-06:00", ["22:00-07:00"]), ("22:00-07:00", ["22:00-07:00"]), ("06:00-08:00", ["22:00-07:00", "07:00-09:00"]),
        ("01:00-02:00", ["22:00-07:00"]), ("00:00-24:00", ["12:00-00:00", "00:00-12:00"]), ("02:15-02:45", ["02:00-03:00"]),
    ] as [(String?, [String])])
    func whatIsSwallowedByQuietHoursNeverComes(_ window: String?, _ quiet: [String]) throws {
        let sending = try Self.sendingHours(window, quiet)
        #expect(sending.isEmpty)
        for (name, change) in ClockChange.all {
            for hours in stride(from: -30.0, to: 30, by: 2.5) {
                #expect(try sending.nextAllowed(atOrAfter: utc(change) + hours * 3600, in: zone(name)) == nil, "\(name) \(change)")
            }
        }
    }

    @Test func aNightGoesOnOverADayThatIsLeftOut() throws {
        let night = try Self.sendingHours(nil, ["22:00-07:00"])
        #expect(try night.nextAllowed(atOrAfter: utc("2011-12-30T09:00Z"), in: zone("Pacific/Apia")) == utc("2011-12-30T17:00Z"))
    }

    @Test func aWindowThatIsSkippedComesTheNextDay() throws {
        let window = try Self.sendingHours("02:15-02:45", [])
        #expect(try window.nextAllowed(atOrAfter: utc("2026-03-28T12:00Z"), in: zone("Europe/Vienna")) == utc("2026-03-30T00:15Z"))
    }

    /// Against every minute of some days.
    @Test(arguments: ClockChange.all.indices) func noMinuteIsTakenTooEarlyOrTooLate(_ index: Int) throws {
        let name = ClockChange.all[index].0, zone = try zone(name), change = try utc(ClockChange.all[index].1)
        let minutes = MinuteByMinute(zone: zone, around: change)
        for seed in Seeds.chosen where seed % UInt64(ClockChange.all.count) == UInt64(index) {
            var random = SeededGenerator(seed: seed)
            let sending = try Self.randomSendingHours(&random)
            let allowed = minutes.allowed(by: sending)
            for _ in 0..<24 {
                let now = change + Double(Int.random(in: -2160...2160, using: &random) * 60)
                let next = sending.nextAllowed(atOrAfter: now, in: zone)
                #expect(next == minutes.first(of: allowed, atOrAfter: now), "HERALD_SEED=\(seed): \(sending) at \(now) in \(name)")
                #expect(sending.isEmpty == (next == nil), "HERALD_SEED=\(seed): \(sending)")
            }
        }
    }

    private static func randomSendingHours(_ random: inout SeededGenerator) throws -> SendingHours {
        let window = Bool.random(using: &random) ? try randomHours(&random) : nil
        return SendingHours(window: window, quiet: try (0..<Int.random(in: 0...3, using: &random)).map { _ in try randomHours(&random) })
    }

    /// Often near to where clocks change.
    private static func randomHours(_ random: inout SeededGenerator) throws -> DailyHours {
        let from = Int.random(in: 0..<48, using: &random) * 30 + [0, 0, 0, 1, 15, 29].randomElement(using: &random)!
        let lengths = [1, 15, 30, 45, 60, 90, 120, 240, 480, 720, 1080, 1410, 1439]
        let until = (from + lengths.randomElement(using: &random)!) % 1440
        func text(_ minute: Int) -> String { String(format: "%02d:%02d", minute / 60, minute % 60) }
        return try DailyHours(from: text(from), until: until == 0 && Bool.random(using: &random) ? "24:00" : text(until))
    }
}
