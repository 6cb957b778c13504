import Foundation
import PushSender
import Testing

struct DailyHoursTests {
    // MARK: Reading

    @Test(arguments: ["22:00-07:00", "00:00-24:00", "22:00-24:00", "22:00-00:00", "09:30:30-09:30:31", "23:59:59-00:00", "00:00-00:00:01"])
    func hoursAreReadAndWrittenAlike(_ text: String) throws {
        let hours = try hours(text)
        #expect(hours.description == text)
        #expect(try JSONDecoder().decode([DailyHours].self, from: JSONEncoder().encode([hours])) == [hours])
    }

    @Test(arguments: [
        ("7:00", "22:00", "from"), ("", "22:00", "from"), ("24:00", "07:00", "from"), ("24:00", "24:00", "from"), ("22:00", "7", "until"),
        ("22:00", "24:01", "until"), ("22:00", "", "until"), ("22:00", "22:00", "until"), ("00:00", "00:00", "until"),
        ("22:00", "22:00:00", "until"), ("x", "y", "from"),
    ])
    func aProblemNamesTheBound(_ from: String, _ until: String, _ field: String) {
        let problem = #expect(throws: PushProblem.self) { try DailyHours(from: from, until: until) }
        #expect(problem?.field == field)
        #expect(problem?.code == .invalidField)
    }

    @Test(arguments: [#""#, #"22:00"#, #"22:00-"#, #"-07:00"#, #"22:00-07:00-08:00"#, #"22:00-22:00"#, #"24:00-07:00"#, #"22:00 - 07:00"#])
    func whatWasKeptAsNoHoursIsRefused(_ text: String) {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([DailyHours].self, from: JSONEncoder().encode([text])) }
    }

    // MARK: Over the day

    @Test(arguments: [
        ("22:00-07:00", "21:59", false), ("22:00-07:00", "22:00", true), ("22:00-07:00", "23:59", true), ("22:00-07:00", "00:00", true),
        ("22:00-07:00", "06:59", true), ("22:00-07:00", "07:00", false), ("22:00-07:00", "12:00", false),
        ("22:00-24:00", "23:59", true), ("22:00-24:00", "00:00", false), ("22:00-00:00", "23:59", true), ("22:00-00:00", "00:00", false),
        ("00:00-24:00", "00:00", true), ("00:00-24:00", "23:59", true), ("09:00-17:00", "08:59", false), ("09:00-17:00", "09:00", true),
        ("09:00-17:00", "17:00", false), ("12:00-11:59", "11:59", false), ("12:00-11:59", "11:58", true), ("12:00-11:59", "12:00", true),
    ])
    func aSpanHoldsItsStartAndNotItsEnd(_ text: String, _ time: String, _ isWithin: Bool) throws {
        #expect(try hours(text).contains(utc("2026-06-01T\(time)Z"), in: .gmt) == isWithin)
    }

    @Test(arguments: [
        ("22:00-07:00", "2026-06-01T23:00Z", "2026-06-02T07:00Z"), ("22:00-07:00", "2026-06-02T01:00Z", "2026-06-02T07:00Z"),
        ("22:00-24:00", "2026-06-01T23:00Z", "2026-06-02T00:00Z"), ("22:00-00:00", "2026-06-01T23:00Z", "2026-06-02T00:00Z"),
        ("00:00-24:00", "2026-06-01T00:00Z", "2026-06-02T00:00Z"), ("12:00-11:59", "2026-06-01T12:00Z", "2026-06-02T11:59Z"),
    ])
    func aSpanEndsWhereItSays(_ text: String, _ instant: String, _ end: String) throws {
        #expect(try hours(text).end(at: utc(instant), in: .gmt) == utc(end))
    }

    @Test(arguments: [
        ("22:00-07:00", "2026-06-01T07:00Z", "2026-06-01T22:00Z"), ("22:00-07:00", "2026-06-01T22:00Z", "2026-06-01T22:00Z"),
        ("22:00-07:00", "2026-06-01T22:01Z", "2026-06-02T22:00Z"), ("00:00-01:00", "2026-06-01T23:00Z", "2026-06-02T00:00Z"),
        ("09:00-17:00", "2026-12-31T12:00Z", "2027-01-01T09:00Z"), ("09:00-17:00", "2028-02-28T17:00Z", "2028-02-29T09:00Z"),
    ])
    func theNextSpanStartsWhereItSays(_ text: String, _ instant: String, _ start: String) throws {
        #expect(try hours(text).nextStart(atOrAfter: utc(instant), in: .gmt) == utc(start))
    }

    @Test func fractionsOfASecondAreOfThatSecond() throws {
        let hours = try hours("22:00-07:00"), start = try utc("2026-06-01T22:00Z"), end = try utc("2026-06-02T07:00Z")
        #expect(!hours.contains(start - 0.001, in: .gmt))
        #expect(hours.contains(start + 0.001, in: .gmt))
        #expect(hours.contains(end - 0.001, in: .gmt))
        #expect(!hours.contains(end, in: .gmt))
        #expect(try hours.contains(utc("1969-12-31T23:59Z") + 59.5, in: .gmt))
    }

    // MARK: Where clocks are put forward and back

    @Test(arguments: [
        // Forward: a night is an hour shorter, a bound that is skipped is the moment after that.
        ("Europe/Vienna", "22:00-07:00", "2026-03-28T22:00Z", "2026-03-29T05:00Z"),
        ("Europe/Vienna", "01:30-02:30", "2026-03-29T00:45Z", "2026-03-29T01:00Z"),
        ("Europe/Vienna", "02:30-04:00", "2026-03-29T01:00Z", "2026-03-29T02:00Z"),
        ("America/New_York", "21:00-08:00", "2026-03-08T05:00Z", "2026-03-08T12:00Z"),
        ("Australia/Lord_Howe", "02:10-02:40", "2026-10-03T15:30Z", "2026-10-03T15:40Z"),
        ("Africa/Casablanca", "22:00-02:30", "2026-03-22T01:00Z", "2026-03-22T02:00Z"),
        ("America/Santiago", "22:00-24:00", "2026-09-06T03:30Z", "2026-09-06T04:00Z"),
        ("America/Santiago", "22:00-00:30", "2026-09-06T03:30Z", "2026-09-06T04:00Z"),
        ("America/Santiago", "00:00-06:00", "2026-09-06T04:00Z", "2026-09-06T09:00Z"),
        ("Asia/Beirut", "23:00-01:30", "2026-03-28T21:30Z", "2026-03-28T22:30Z"),
        // Back: a night is an hour longer, a bound that is shown twice ends with the last.
        ("Europe/Vienna", "22:00-07:00", "2026-10-24T22:00Z", "2026-10-25T06:00Z"),
        ("Europe/Vienna", "22:00-02:30", "2026-10-24T22:00Z", "2026-10-25T01:30Z"),
        ("Europe/Vienna", "02:30-03:00", "2026-10-25T00:30Z", "2026-10-25T02:00Z"),
        // What was to end before this one starts ends after that.
        ("Europe/Vienna", "02:30-02:15", "2026-10-25T00:45Z", "2026-10-26T01:15Z"),
        ("America/New_York", "21:00-08:00", "2026-11-01T04:00Z", "2026-11-01T13:00Z"),
        ("Australia/Lord_Howe", "00:00-01:45", "2026-04-04T14:00Z", "2026-04-04T15:15Z"),
        ("Africa/Casablanca", "22:00-07:00", "2026-02-14T23:00Z", "2026-02-15T07:00Z"),
        ("America/Santiago", "22:00-24:00", "2026-04-05T02:00Z", "2026-04-05T04:00Z"),
        ("America/Santiago", "22:00-23:30", "2026-04-05T02:00Z", "2026-04-05T03:30Z"),
        ("Asia/Beirut", "22:00-00:00", "2026-10-24T20:30Z", "2026-10-24T22:00Z"),
        // Never; but three quarters of an hour beside all others.
        ("Asia/Kathmandu", "22:00-07:00", "2026-06-01T17:00Z", "2026-06-02T01:15Z"),
        // The 30th is left out: the night of the 29th ends where the 31st begins, and there the night that ends on the 31st begins.
        ("Pacific/Apia", "22:00-07:00", "2011-12-30T09:00Z", "2011-12-30T10:00Z"),
        ("Pacific/Apia", "22:00-07:00", "2011-12-30T10:00Z", "2011-12-30T17:00Z"),
    ])
    func aSpanEndsByTheClockOnTheWall(_ name: String, _ text: String, _ instant: String, _ end: String) throws {
        #expect(try hours(text).end(at: utc(instant), in: zone(name)) == utc(end))
    }

    @Test(arguments: [
        // Both bounds are skipped: not on that day.
        ("Europe/Vienna", "02:15-02:45", "2026-03-28T23:00Z", "2026-03-30T00:15Z"),
        ("Australia/Lord_Howe", "02:00-02:15", "2026-10-03T14:00Z", "2026-10-04T15:00Z"),
        ("America/Santiago", "00:00-00:30", "2026-09-06T03:00Z", "2026-09-07T03:00Z"),
        ("Asia/Beirut", "00:00-01:00", "2026-03-28T12:00Z", "2026-03-29T21:00Z"),
        ("Pacific/Apia", "09:00-17:00", "2011-12-30T03:00Z", "2011-12-30T19:00Z"),
        // One is.
        ("Europe/Vienna", "02:30-04:00", "2026-03-28T23:00Z", "2026-03-29T01:00Z"),
        // Shown twice: with the first.
        ("Europe/Vienna", "02:30-03:00", "2026-10-24T22:00Z", "2026-10-25T00:30Z"),
        ("America/Santiago", "23:30-24:00", "2026-04-05T01:00Z", "2026-04-05T02:30Z"),
        ("Asia/Kathmandu", "09:00-17:00", "2026-06-01T00:00Z", "2026-06-01T03:15Z"),
    ])
    func aSpanStartsByTheClockOnTheWall(_ name: String, _ text: String, _ instant: String, _ start: String) throws {
        #expect(try hours(text).nextStart(atOrAfter: utc(instant), in: zone(name)) == utc(start))
    }

    @Test(arguments: ClockChange.all)
    func allDayIsEveryMoment(_ name: String, _ change: String) throws {
        let zone = try zone(name), change = try utc(change), always = try hours("00:00-24:00")
        for minute in stride(from: -2880.0, to: 2880, by: 15) {
            #expect(always.contains(change + minute * 60, in: zone), "\(name) \(minute) minutes from the change")
        }
    }
}
