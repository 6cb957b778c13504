import PushSender
import Testing

struct TimeOfDayTests {
    @Test(arguments: [
        ("00:00", 0), ("00:00:01", 1), ("06:30:15", 23_415), ("22:00", 79_200), ("23:59:59", 86_399), ("24:00", 86_400),
    ])
    func whatAClockShowsIsReadAndWrittenAlike(_ text: String, _ second: Int) throws {
        let time = try #require(TimeOfDay(text))
        #expect(time.secondOfDay == second)
        #expect(time.description == text)
    }

    @Test(arguments: [("22:00:00", "22:00"), ("24:00:00", "24:00"), ("07:08:00", "07:08")])
    func secondsAreWrittenOnlyWhereTheyAreSome(_ text: String, _ written: String) {
        #expect(TimeOfDay(text)?.description == written)
    }

    @Test(arguments: [
        "", ":", "::", "22", "22:", ":00", "7:00", "07:0", "007:00", "22:00:", "22:00:00:00", "24:01", "24:00:01", "25:00", "99:99",
        "22:60", "22:00:60", "-1:00", "+1:00", " 7:00", "07:00 ", "07.00", "0700", "10pm", "10:00 PM", "22:00Z", "22:00\n", "22:00\u{0}",
        "٢٢:٠٠", "２２:００", "22\u{301}:00", "ab:cd",
    ])
    func whatNoClockShowsIsRefused(_ text: String) {
        #expect(TimeOfDay(text) == nil)
    }

    @Test func anEarlierTimeIsLess() throws {
        let times = try ["00:00", "00:00:01", "06:59", "07:00", "23:59:59", "24:00"].map { try #require(TimeOfDay($0)) }
        #expect(times == times.sorted())
        #expect(times.last == .endOfDay)
    }
}
