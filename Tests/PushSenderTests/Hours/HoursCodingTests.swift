import Foundation
import PushSender
import Testing

/// What is kept of schedules and settings.
struct HoursCodingTests {
    private func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    private func read<Value: Decodable>(_ type: Value.Type, _ json: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(json.utf8))
    }

    private func schedules() throws -> [PushSchedule] {
        try [
            { _ in }, { $0.sendAt = Date(timeIntervalSince1970: 1_800_000_000.25) },
            { $0.localTime = try LocalDateTime("2026-12-24T18:00:30") },
            { $0.passed = .drop }, { $0.passed = .now }, { $0.window = try hours("22:00-24:00") }, { $0.zoneless = .drop },
            { $0.zoneless = .now }, { $0.ignoresQuietHours = true },
            {
                $0.localTime = try LocalDateTime("2026-12-24T18:00")
                $0.passed = .now
                $0.window = try hours("09:00-17:00:30")
                $0.zoneless = .drop
                $0.ignoresQuietHours = true
            },
        ].map { (ask: (inout PushSchedule) throws -> Void) in
            var schedule = PushSchedule()
            try ask(&schedule)
            return schedule
        }
    }

    @Test func aScheduleIsReadAsItWasKept() throws {
        let schedules = try schedules()
        #expect(Set(schedules).count == schedules.count)
        for schedule in schedules { #expect(try read(PushSchedule.self, json(schedule)) == schedule) }
    }

    @Test func onlyWhatWasAskedForIsKept() throws {
        #expect(try json(PushSchedule()) == "{}")
        let kept = try schedules().map { try json($0) }
        #expect(
            kept.dropFirst(2).prefix(7) == [
                #"{"localTime":"2026-12-24T18:00:30"}"#, #"{"passed":"drop"}"#, #"{"passed":"now"}"#, #"{"window":"22:00-24:00"}"#,
                #"{"zoneless":"drop"}"#, #"{"zoneless":"now"}"#, #"{"ignoresQuietHours":true}"#,
            ])
    }

    @Test func nothingKeptIsNothingAsked() throws {
        #expect(try read(PushSchedule.self, "{}") == PushSchedule())
        #expect(try read(AppSettings.self, "{}") == AppSettings())
        #expect(try json(AppSettings()) == "{}")
    }

    @Test(arguments: [
        #"{"passed":"yesterday"}"#, #"{"window":"22:00"}"#, #"{"localTime":"2026-12-24T18:00Z"}"#, #"{"zoneless":""}"#, "[]",
        #"{"sendAt":"x"}"#,
    ])
    func whatCannotBeMeantIsNotRead(_ json: String) {
        #expect(throws: DecodingError.self) { try read(PushSchedule.self, json) }
    }

    @Test func settingsAreReadAsTheyWereKept() throws {
        let all = AppSettings(
            quietHours: AppQuietHours(hours: try hours("22:00-07:00"), urgentPasses: false), defaultTimeZone: "Europe/Vienna")
        for settings in [AppSettings(), all, AppSettings(quietHours: all.quietHours), AppSettings(defaultTimeZone: "UTC")] {
            #expect(try read(AppSettings.self, json(settings)) == settings)
        }
        #expect(
            try json(all) == #"{"defaultTimeZone":"Europe/Vienna","quietHours":{"hours":"22:00-07:00","urgentPasses":false}}"#)
    }
}
