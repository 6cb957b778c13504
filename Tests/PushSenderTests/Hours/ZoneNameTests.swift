import Foundation
import PushSender
import Testing

struct ZoneNameTests {
    private static let winter = Date(timeIntervalSince1970: 1_768_000_000)
    private static let summer = Date(timeIntervalSince1970: 1_782_000_000)

    /// Offsets in minutes, in January and June 2026.
    @Test(arguments: [
        ("Europe/Vienna", 60, 120), ("America/New_York", -300, -240), ("America/Argentina/Buenos_Aires", -180, -180),
        ("Asia/Kathmandu", 345, 345), ("Australia/Lord_Howe", 660, 630), ("Pacific/Kiritimati", 840, 840), ("America/Santiago", -180, -240),
        // Names of old.
        ("Asia/Calcutta", 330, 330), ("Europe/Kiev", 120, 180), ("US/Pacific", -480, -420), ("Asia/Katmandu", 345, 345),
        ("Brazil/East", -180, -180), ("Japan", 540, 540), ("GB", 0, 60), ("NZ", 780, 720), ("Eire", 0, 60), ("PRC", 480, 480),
        // New ones.
        ("Europe/Kyiv", 120, 180), ("America/Ciudad_Juarez", -420, -360), ("America/Nuuk", -120, -60),
        // UTC in all its names, and zones by their offset, whose sign is the other way round.
        ("UTC", 0, 0), ("GMT", 0, 0), ("Etc/UTC", 0, 0), ("Zulu", 0, 0), ("GMT0", 0, 0), ("GMT+0", 0, 0), ("Etc/GMT", 0, 0),
        ("Etc/GMT+2", -120, -120), ("Etc/GMT-14", 840, 840),
        // Names without a place.
        ("EST", -300, -300), ("MST", -420, -420), ("HST", -600, -600), ("EST5EDT", -300, -240), ("PST8PDT", -480, -420),
        ("CET", 60, 120), ("MET", 60, 120), ("EET", 120, 180), ("WET", 0, 60),
    ])
    func aNameOfTheDatabaseIsItsZone(_ name: String, _ inWinter: Int, _ inSummer: Int) throws {
        #expect(try ZoneName.checked(name, field: "time_zone") == name)
        let zone = try zone(name)
        #expect(zone.secondsFromGMT(for: Self.winter) == inWinter * 60)
        #expect(zone.secondsFromGMT(for: Self.summer) == inSummer * 60)
    }

    @Test(arguments: [
        "", " ", "/", "//", "Z", "GMT+2", "GMT+02:00", "UTC+2", "+02:00", "2", "BST", "IST", "PST", "CST", "AEST", "gmt", "utc", "Local",
        "europe/vienna", "EUROPE/VIENNA", "Europe", "Europe/", "/Vienna", "Europe/Vienna/", "Europe//Vienna", "Europe/Vienna ",
        " Europe/Vienna", "Europe/Vienna\n", "Europe/Vienna\u{0}", "Europe\\Vienna", "Europe/Vienna\u{301}", "Europe/Atlantis",
        "Mars/Olympus",
        "../etc/passwd", "/etc/localtime", "Europe/../Europe/Vienna", "./Europe/Vienna", "posix/Europe/Vienna", "right/Europe/Vienna",
        "SystemV/PST8", "posixrules", "Factory", "zone.tab", "Etc/Unknown", "Etc/GMT+99", "Etc/GMT-15", "<b>/</b>", "🌍/🌍", "GMT/+2",
        "GMT+2/", "Europe/Vienna'; DROP TABLE devices; --", "CET-1CEST,M3.5.0,M10.5.0/3",
    ])
    func whatIsNoNameOfTheDatabaseIsRefused(_ name: String) {
        #expect(ZoneName.zone(name) == nil)
        let problem = #expect(throws: PushProblem.self) { try ZoneName.checked(name, field: "time_zone") }
        #expect(problem?.field == "time_zone")
    }

    @Test(arguments: [
        ("europe/vienna", "Europe/Vienna"), ("Europe/Viena", "Europe/Vienna"), ("Europe/Wienna", "Europe/Vienna"),
        ("America/New York", "America/New_York"), ("Amerika/New_York", "America/New_York"), ("Asia/Tokio", "Asia/Tokyo"),
    ])
    func aSlipOfTheHandIsPointedAt(_ name: String, _ meant: String) {
        let problem = #expect(throws: PushProblem.self) { try ZoneName.checked(name, field: "f") }
        #expect(problem?.message.contains("did you mean \(meant)?") == true, "\(problem?.message ?? "")")
    }

    @Test(arguments: ["Mars/Olympus", "BST", "", "GMT+2"])
    func farFromAllNamesAnExampleIsGiven(_ name: String) {
        let problem = #expect(throws: PushProblem.self) { try ZoneName.checked(name, field: "f") }
        #expect(problem?.message.contains("Europe/Vienna") == true, "\(problem?.message ?? "")")
    }

    @Test(arguments: [65, 1_000_000])
    func aLongNameIsNotRepeated(_ bytes: Int) {
        let problem = #expect(throws: PushProblem.self) { try ZoneName.checked(String(repeating: "a/", count: bytes), field: "f") }
        #expect(problem?.message.contains("64 bytes") == true)
        #expect((problem?.message.utf8.count ?? 0) < 100)
    }

    @Test func everyZoneThatIsKnownIsTaken() {
        for name in TimeZone.knownTimeZoneIdentifiers { #expect(ZoneName.zone(name) != nil, "\(name)") }
    }
}
