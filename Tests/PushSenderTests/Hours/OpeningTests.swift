import Foundation
import PushSender
import PushTesting
import Testing
import WebPush

/// When devices of a time zone have their turn.
struct OpeningTests {
    private static let christmas = "2026-12-24T18:00"

    private func opening(
        of schedule: PushSchedule, in name: String = "Europe/Vienna", defaultZone: String? = nil, quiet: [String] = [],
        acceptedAt: String = "2026-12-24T12:00Z", now: String? = nil
    ) throws -> Opening {
        let accepted = try utc(acceptedAt)
        return schedule.opening(
            in: name, defaultZone: defaultZone, quiet: try quiet.map { try hours($0) }, acceptedAt: accepted,
            now: try now.map(utc) ?? accepted)
    }

    private func schedule(localTime: String? = nil, window: String? = nil, sendAt: String? = nil) throws -> PushSchedule {
        var schedule = PushSchedule()
        schedule.localTime = try localTime.map { try LocalDateTime($0) }
        schedule.window = try window.map { try hours($0) }
        schedule.sendAt = try sendAt.map(utc)
        return schedule
    }

    // MARK: The same moment for everybody

    @Test(arguments: ["Europe/Vienna", "", "Mars/Olympus"])
    func nothingAskedIsNow(_ name: String) throws {
        #expect(try opening(of: PushSchedule(), in: name) == .at(utc("2026-12-24T12:00Z")))
        #expect(try opening(of: PushSchedule(), in: name, now: "2026-12-25T12:00Z") == .at(utc("2026-12-25T12:00Z")))
    }

    @Test(arguments: [
        ("2026-12-24T12:00Z", "2026-12-31T12:00Z"), ("2026-12-31T12:00Z", "2026-12-31T12:00Z"), ("2026-12-31T13:00Z", "2026-12-31T13:00Z"),
    ])
    func sendAtIsThenAndNowOnceItHasPassed(_ now: String, _ expected: String) throws {
        #expect(try opening(of: schedule(sendAt: "2026-12-31T12:00Z"), now: now) == .at(utc(expected)))
    }

    @Test func sendAtWaitsForTheWindowToo() throws {
        let schedule = try schedule(window: "09:00-17:00", sendAt: "2026-12-31T20:00Z")
        #expect(try opening(of: schedule) == .at(utc("2027-01-01T08:00Z")))
        #expect(try opening(of: schedule, in: "America/New_York") == .at(utc("2026-12-31T20:00Z")))
    }

    // MARK: Local time

    @Test(arguments: [
        ("Europe/Vienna", "2026-12-24T17:00Z"), ("America/Los_Angeles", "2026-12-25T02:00Z"), ("Asia/Kathmandu", "2026-12-24T12:15Z"),
    ])
    func behindTheLocalTimeItIsWaitedFor(_ name: String, _ expected: String) throws {
        for passed in PassedLocalTime.allCases {
            var schedule = try schedule(localTime: Self.christmas)
            schedule.passed = passed
            #expect(try opening(of: schedule, in: name) == .at(utc(expected)))
        }
    }

    @Test(arguments: [
        ("Pacific/Auckland", .nextDay, "2026-12-25T05:00Z"), ("Pacific/Auckland", .now, "2026-12-24T12:00Z"),
        ("Pacific/Auckland", .drop, nil), ("Asia/Tokyo", .nextDay, "2026-12-25T09:00Z"), ("Asia/Tokyo", .now, "2026-12-24T12:00Z"),
        ("Asia/Tokyo", .drop, nil),
    ] as [(String, PassedLocalTime, String?)])
    func aheadOfItWhatWasAskedIsDone(_ name: String, _ passed: PassedLocalTime, _ expected: String?) throws {
        var schedule = try schedule(localTime: Self.christmas)
        schedule.passed = passed
        let drop = Opening.never(reason: "the local time had passed")
        #expect(try opening(of: schedule, in: name) == expected.map { .at(try utc($0)) } ?? drop)
        // A day later it says the same, if it isn't past.
        let later = try utc("2026-12-26T12:00Z")
        #expect(try opening(of: schedule, in: name, now: "2026-12-26T12:00Z") == (expected == nil ? drop : .at(later)))
    }

    @Test(arguments: PassedLocalTime.allCases)
    func whatHasJustPassedIsNow(_ passed: PassedLocalTime) throws {
        var schedule = try schedule(localTime: Self.christmas)
        schedule.passed = passed
        let moment = try utc("2026-12-24T17:00Z"), inTime = moment + PushSchedule.graceSeconds
        func opening(_ date: Date) -> Opening {
            schedule.opening(in: "Europe/Vienna", defaultZone: nil, quiet: [], acceptedAt: date, now: date)
        }
        #expect(opening(inTime) == .at(inTime))
        #expect(opening(inTime + 1) != .at(inTime + 1) || passed == .now)
    }

    @Test func theNextDayMaySkipTheLocalTime() throws {
        let schedule = try schedule(localTime: "2026-03-28T02:30")
        #expect(try opening(of: schedule, acceptedAt: "2026-03-28T12:00Z") == .at(utc("2026-03-29T01:00Z")))
    }

    @Test func quietHoursPutALocalTimeOff() throws {
        let schedule = try schedule(localTime: "2026-12-24T23:00")
        #expect(try opening(of: schedule, quiet: ["22:00-07:00"]) == .at(utc("2026-12-25T06:00Z")))
    }

    // MARK: Windows and quiet hours

    @Test func aPushIsHeldBackUntilMorning() throws {
        let held = try opening(of: PushSchedule(), quiet: ["22:00-07:00"], acceptedAt: "2026-12-24T22:30Z")
        #expect(try held == .at(utc("2026-12-25T06:00Z")))
    }

    @Test func theAppsAndTheUsersQuietHoursBothHold() throws {
        let held = try opening(of: PushSchedule(), quiet: ["22:00-07:00", "06:30-09:00"], acceptedAt: "2026-12-24T22:30Z")
        #expect(try held == .at(utc("2026-12-25T08:00Z")))
    }

    @Test func aWindowThatQuietHoursSwallowNeverOpens() throws {
        let never = Opening.never(reason: "quiet hours leave no time")
        #expect(try opening(of: schedule(window: "23:00-06:00"), quiet: ["22:00-07:00"]) == never)
        #expect(try opening(of: PushSchedule(), quiet: ["00:00-24:00"]) == never)
    }

    @Test(arguments: [
        (Urgency.high, true, true), (.high, false, false), (.normal, true, false), (.low, true, false), (.veryLow, false, false),
    ])
    func onlyUrgentPushesPassQuietHoursIfTheAppLetsThem(_ urgency: Urgency, _ urgentPasses: Bool, _ passes: Bool) throws {
        let app = AppSettings(quietHours: AppQuietHours(hours: try hours("22:00-07:00"), urgentPasses: urgentPasses))
        #expect(PushSchedule().passesQuietHours(of: app, urgency: urgency) == passes)
        var ignoring = PushSchedule()
        ignoring.ignoresQuietHours = true
        #expect(ignoring.passesQuietHours(of: app, urgency: urgency))
    }

    @Test func urgentPushesPassTheUsersHoursWhereTheAppHasNone() {
        #expect(PushSchedule().passesQuietHours(of: AppSettings(), urgency: .high))
        #expect(!PushSchedule().passesQuietHours(of: AppSettings(), urgency: .normal))
    }

    @Test func zonesMatterOnlyWhereLocalTimeDoes() throws {
        #expect(!PushSchedule().needsTimeZones(quiet: []))
        #expect(try !schedule(sendAt: "2026-12-31T12:00Z").needsTimeZones(quiet: []))
        #expect(try PushSchedule().needsTimeZones(quiet: [hours("22:00-07:00")]))
        #expect(try schedule(window: "09:00-17:00").needsTimeZones(quiet: []))
        #expect(try schedule(localTime: Self.christmas).needsTimeZones(quiet: []))
    }

    // MARK: Devices without a zone

    @Test(arguments: [
        (.defaultZone, "Asia/Kathmandu", "2026-12-24T12:15Z"), (.defaultZone, nil, "2026-12-24T18:00Z"),
        (.defaultZone, "Mars/Olympus", "2026-12-24T18:00Z"), (.now, "Asia/Kathmandu", "2026-12-24T12:00Z"), (.drop, "Asia/Kathmandu", nil),
    ] as [(Zoneless, String?, String?)])
    func theyAreDoneWithAsAsked(_ zoneless: Zoneless, _ defaultZone: String?, _ expected: String?) throws {
        var schedule = try schedule(localTime: Self.christmas)
        schedule.zoneless = zoneless
        for name in ["", "GMT+2", "Mars/Olympus"] {
            let opening = try opening(of: schedule, in: name, defaultZone: defaultZone)
            #expect(try opening == expected.map { .at(try utc($0)) } ?? .never(reason: "the device has no time zone"))
        }
        #expect(try opening(of: schedule, in: "Europe/Vienna", defaultZone: defaultZone) == .at(utc("2026-12-24T17:00Z")))
    }

    @Test func theyWaitForNoLocalTimeButForSendAt() throws {
        var schedule = try schedule(window: "09:00-10:00", sendAt: "2026-12-31T12:00Z")
        schedule.zoneless = .now
        #expect(try opening(of: schedule, in: "", quiet: ["00:00-09:00"]) == .at(utc("2026-12-31T12:00Z")))
    }

    // MARK: Asked again

    @Test(arguments: Seeds.parts) func askedAgainItSaysTheSameUntilThenAndNowFromThenOn(_ part: UInt64) throws {
        for seed in Seeds.part(part) {
            var random = SeededGenerator(seed: seed)
            let asked = try RandomSchedule(&random)
            var now = asked.acceptedAt, last = asked.opening(now: now)
            for _ in 0..<8 {
                now += Double.random(in: 0...20 * 3600, using: &random)
                let next = asked.opening(now: now)
                if case .at(let moment) = last, case .at(let later) = next {
                    #expect(later >= now && later >= moment, "HERALD_SEED=\(seed): \(asked) at \(now)")
                    #expect(now > moment || later == moment, "HERALD_SEED=\(seed): \(asked) at \(now)")
                    #expect(asked.opening(now: later) == next, "HERALD_SEED=\(seed): \(asked) at \(later)")
                } else {
                    #expect(next == last, "HERALD_SEED=\(seed): \(asked) at \(now)")
                }
                last = next
            }
        }
    }
}
