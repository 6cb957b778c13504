import Foundation
import PushSender
import Testing

struct ScheduleCheckTests {
    private let now: Date

    init() throws { now = try utc("2026-12-24T12:00Z") }

    private func problem(_ ask: (inout PushSchedule) throws -> Void) rethrows -> PushProblem? {
        var schedule = PushSchedule()
        try ask(&schedule)
        do throws(PushProblem) {
            try schedule.check(now: now)
            return nil
        } catch {
            return error
        }
    }

    @Test func aScheduleThatCanBeMeantIsTaken() throws {
        #expect(problem { _ in } == nil)
        #expect(problem { $0.sendAt = now + 3600 } == nil)
        #expect(problem { $0.ignoresQuietHours = true } == nil)
        #expect(try problem { $0.window = try hours("22:00-07:00") } == nil)
        #expect(
            try problem {
                $0.localTime = try LocalDateTime("2026-12-24T23:00")
                $0.passed = .drop
                $0.window = try hours("22:00-07:00")
            } == nil)
    }

    @Test func oneOfTwoTimesIsGiven() throws {
        let problem = try problem {
            $0.sendAt = now + 3600
            $0.localTime = try LocalDateTime("2026-12-24T23:00")
        }
        #expect(problem?.field == "local_time")
    }

    @Test func ifPassedNeedsALocalTime() {
        #expect(problem { $0.passed = .drop }?.field == "if_passed")
        #expect(problem { $0.passed = .now }?.field == "if_passed")
    }

    @Test(arguments: [(-301.0, "passed"), (-300, nil), (0, nil), (365 * 86_400, nil), (365 * 86_400 + 1, "365 days")])
    func sendAtIsNeitherPastNorFarAway(_ seconds: Double, _ expected: String?) {
        let problem = problem { $0.sendAt = now + seconds }
        #expect(problem?.field == expected.map { _ in "send_at" })
        #expect(problem?.message.contains(expected ?? "") ?? (expected == nil))
    }

    /// It is taken as long as it hasn't passed everywhere: 12 hours behind UTC. The first have it 14 hours ahead.
    @Test(arguments: [
        ("2026-12-23T23:54", "passed"), ("2026-12-23T23:55", nil), ("2026-12-24T12:00", nil), ("2027-12-25T02:00", nil),
        ("2027-12-25T02:01", "365 days"), ("1970-01-01T00:00", "passed"), ("9999-12-31T23:59", "365 days"),
    ])
    func aLocalTimeIsNeitherPastEverywhereNorFarAway(_ text: String, _ expected: String?) throws {
        let problem = try problem { $0.localTime = try LocalDateTime(text) }
        #expect(problem?.field == expected.map { _ in "local_time" })
        #expect(problem?.message.contains(expected ?? "") ?? (expected == nil))
    }

    @Test(arguments: [
        ("18:00", "09:00-17:00", false), ("17:00", "09:00-17:00", false), ("16:59", "09:00-17:00", true), ("09:00", "09:00-17:00", true),
        ("21:59", "22:00-07:00", false), ("22:00", "22:00-07:00", true), ("06:59", "22:00-07:00", true), ("07:00", "22:00-07:00", false),
        ("00:00", "00:00-24:00", true), ("00:00", "22:00-24:00", false), ("23:59", "22:00-00:00", true),
    ])
    func aLocalTimeIsWithinTheWindow(_ time: String, _ window: String, _ isWithin: Bool) throws {
        let problem = try problem {
            $0.localTime = try LocalDateTime("2026-12-26T\(time)")
            $0.window = try hours(window)
        }
        #expect(problem?.field == (isWithin ? nil : "window"))
    }

    @Test func aWindowThatQuietHoursSwallowIsRefused() throws {
        var schedule = PushSchedule()
        schedule.window = try hours("23:00-06:00")
        try schedule.checkWindow(quiet: [])
        try schedule.checkWindow(quiet: [hours("23:00-05:59")])
        let problem = try #require(throws: PushProblem.self) { try schedule.checkWindow(quiet: [hours("22:00-07:00")]) }
        #expect(problem.field == "window")
        #expect(problem.message.contains("22:00-07:00"))
        schedule.window = nil
        try schedule.checkWindow(quiet: [hours("00:00-24:00")])
    }
}
