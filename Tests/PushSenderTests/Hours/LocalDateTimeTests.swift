import Foundation
import PushSender
import Testing

struct LocalDateTimeTests {
    // MARK: Reading

    @Test(arguments: [
        "2026-12-24T18:00", "2026-12-24T18:00:30", "2026-01-01T00:00", "2026-12-31T23:59:59", "2028-02-29T12:00", "1970-01-01T00:00",
        "1969-12-31T23:59:59", "2000-02-29T00:00", "9999-12-31T23:59",
    ])
    func aLocalTimeIsReadAndWrittenAlike(_ text: String) throws {
        let time = try LocalDateTime(text)
        #expect(time.description == text)
        #expect(time.timeOfDay.description == text.split(separator: "T")[1])
        #expect(try JSONDecoder().decode([LocalDateTime].self, from: JSONEncoder().encode([time])) == [time])
    }

    @Test func noughtSecondsAreLeftOut() throws {
        #expect(try LocalDateTime("2026-12-24T18:00:00") == LocalDateTime("2026-12-24T18:00"))
        #expect(try LocalDateTime("2026-12-24T18:00:00").description == "2026-12-24T18:00")
    }

    @Test(arguments: [
        "", "T", "18:00", "2026-12-24", "2026-12-24T18", "2026-12-24T18:0", "2026-12-24T18:00:0", "2026-12-24 18:00", "2026-12-24t18:00",
        "2026-02-29T12:00", "2026-04-31T12:00", "2026-13-01T12:00", "2026-00-01T12:00", "2026-12-00T12:00", "2026-12-24T24:00",
        "2026-12-24T18:60", "2026-12-24T23:59:60", "2026-12-24T18:00:00.5", "26-12-24T18:00:00", "+2026-12-24T18:00", "2026-W52-4T18:00",
        "20261224T180000", "2026-12-24T18:00\n", " 2026-12-24T18:00", "2026-12-24T18:00\u{0}", "２０２６-12-24T18:00", "2026/12/24T18:00",
        "99999-12-24T18:00", "tomorrow", "2026-12-24T18:00,", "2026-1-24T018:00",
    ])
    func whatNoCalendarHasIsRefused(_ text: String) {
        let problem = #expect(throws: PushProblem.self) { try LocalDateTime(text) }
        #expect(problem?.field == "local_time")
        #expect(problem?.message.contains("2026-12-24T18:00") == true)
    }

    @Test(arguments: [
        "2026-12-24T18:00Z", "2026-12-24T18:00z", "2026-12-24T18:00:00Z", "2026-12-24T18:00+01:00", "2026-12-24T18:00:00-05:00",
        "2026-12-24T18:00+0100", "2026-12-24T18Z",
    ])
    func anOffsetIsRefusedWithAWordOnSendAt(_ text: String) {
        let problem = #expect(throws: PushProblem.self) { try LocalDateTime(text, field: "a.b") }
        #expect(problem?.field == "a.b")
        #expect(problem?.message.contains("send_at") == true)
    }

    @Test func whatWasKeptAsNoLocalTimeIsRefused() {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([LocalDateTime].self, from: Data(#"["2026-12-24"]"#.utf8)) }
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([LocalDateTime].self, from: Data("[1]".utf8)) }
    }

    // MARK: When it is that late

    @Test(arguments: [
        ("UTC", "2026-12-24T18:00", "2026-12-24T18:00Z"), ("Europe/Vienna", "2026-12-24T18:00", "2026-12-24T17:00Z"),
        ("Europe/Vienna", "2026-06-24T18:00", "2026-06-24T16:00Z"), ("Asia/Kathmandu", "2026-12-24T18:00", "2026-12-24T12:15Z"),
        ("Pacific/Kiritimati", "2026-12-24T18:00", "2026-12-24T04:00Z"), ("Etc/GMT+12", "2026-12-24T18:00", "2026-12-25T06:00Z"),
        // Skipped: the moment after that.
        ("Europe/Vienna", "2026-03-29T02:00", "2026-03-29T01:00Z"), ("Europe/Vienna", "2026-03-29T02:30", "2026-03-29T01:00Z"),
        ("Europe/Vienna", "2026-03-29T03:00", "2026-03-29T01:00Z"), ("Europe/Vienna", "2026-03-29T03:01", "2026-03-29T01:01Z"),
        ("Europe/Vienna", "2026-03-29T01:59", "2026-03-29T00:59Z"), ("America/New_York", "2026-03-08T02:30", "2026-03-08T07:00Z"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30Z"), ("America/Santiago", "2026-09-06T00:00", "2026-09-06T04:00Z"),
        ("America/Santiago", "2026-09-06T00:30", "2026-09-06T04:00Z"), ("Asia/Beirut", "2026-03-29T00:00", "2026-03-28T22:00Z"),
        ("Africa/Casablanca", "2026-03-22T02:30", "2026-03-22T02:00Z"), ("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T10:00Z"),
        ("Pacific/Apia", "2011-12-31T12:00", "2011-12-30T22:00Z"), ("Pacific/Apia", "2011-12-29T12:00", "2011-12-29T22:00Z"),
        // Shown twice: the first.
        ("Europe/Vienna", "2026-10-25T02:00", "2026-10-25T00:00Z"), ("Europe/Vienna", "2026-10-25T02:30", "2026-10-25T00:30Z"),
        ("Europe/Vienna", "2026-10-25T03:00", "2026-10-25T02:00Z"), ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30Z"),
        ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45Z"), ("America/Santiago", "2026-04-04T23:30", "2026-04-05T02:30Z"),
        ("America/Santiago", "2026-04-05T00:00", "2026-04-05T04:00Z"), ("Asia/Beirut", "2026-10-24T23:30", "2026-10-24T20:30Z"),
        ("Africa/Casablanca", "2026-02-15T02:30", "2026-02-15T01:30Z"),
    ])
    func itIsThatLateWhereSomebodyIs(_ name: String, _ text: String, _ moment: String) throws {
        #expect(try LocalDateTime(text).moment(in: zone(name)) == utc(moment))
    }

    @Test(arguments: [
        ("UTC", "2026-12-24T18:00", "2026-12-24T18:00Z", "2026-12-24T18:00Z"),
        ("UTC", "2026-12-24T18:00", "2026-12-20T00:00Z", "2026-12-24T18:00Z"),
        ("UTC", "2026-12-24T18:00", "2026-12-24T18:01Z", "2026-12-25T18:00Z"),
        ("UTC", "2026-12-31T18:00", "2026-12-31T18:01Z", "2027-01-01T18:00Z"),
        ("UTC", "2026-12-24T18:00", "2030-01-01T00:00Z", "2030-01-01T18:00Z"),
        ("Pacific/Auckland", "2026-12-24T18:00", "2026-12-24T12:00Z", "2026-12-25T05:00Z"),
        // The next day has another offset, or skips it.
        ("Europe/Vienna", "2026-03-28T12:00", "2026-03-28T11:01Z", "2026-03-29T10:00Z"),
        ("Europe/Vienna", "2026-03-28T02:30", "2026-03-28T02:00Z", "2026-03-29T01:00Z"),
        ("Europe/Vienna", "2026-03-29T02:30", "2026-03-29T01:01Z", "2026-03-30T00:30Z"),
        ("Pacific/Apia", "2011-12-29T12:00", "2011-12-29T22:01Z", "2011-12-30T10:00Z"),
    ])
    func itIsThatLateNextOnALaterDay(_ name: String, _ text: String, _ earliest: String, _ moment: String) throws {
        #expect(try LocalDateTime(text).moment(in: zone(name), atOrAfter: utc(earliest)) == utc(moment))
    }

    @Test(arguments: ClockChange.all)
    func aLaterTimeIsNeverEarlier(_ name: String, _ change: String) throws {
        let zone = try zone(name), noon = try utc(change.prefix(10) + "T12:00Z")
        var last = Date.distantPast
        for minute in stride(from: -2880.0, to: 2880, by: 7) {
            let moment = try LocalDateTime(String((noon + minute * 60).formatted(.iso8601).dropLast())).moment(in: zone)
            #expect(moment >= last, "\(name), \(minute) minutes from \(noon)")
            last = moment
        }
    }
}
