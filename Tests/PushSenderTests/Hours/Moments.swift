import Foundation
import PushSender
import Testing

/// `2026-03-29T01:00Z`
func utc(_ text: String) throws -> Date { try Date(text.replacing("Z", with: ":00Z"), strategy: .iso8601) }

func zone(_ name: String) throws -> TimeZone { try #require(ZoneName.zone(name)) }

/// `22:00-07:00`
func hours(_ text: String) throws -> DailyHours {
    let bounds = text.split(separator: "-").map(String.init)
    return try DailyHours(from: bounds[0], until: bounds[1])
}

/// Clocks that are put forward or back, by how much and at which time of day.
enum ClockChange {
    static let all = [
        // An hour, at 02:00 and 03:00.
        ("Europe/Vienna", "2026-03-29T01:00Z"), ("Europe/Vienna", "2026-10-25T01:00Z"),
        ("America/New_York", "2026-03-08T07:00Z"), ("America/New_York", "2026-11-01T06:00Z"),
        // Half an hour.
        ("Australia/Lord_Howe", "2026-04-04T15:00Z"), ("Australia/Lord_Howe", "2026-10-03T15:30Z"),
        // Two hours.
        ("Antarctica/Troll", "2026-03-29T01:00Z"), ("Antarctica/Troll", "2026-10-25T01:00Z"),
        // At midnight: to 01:00, and back to 23:00 of the day before.
        ("America/Santiago", "2026-09-06T04:00Z"), ("America/Santiago", "2026-04-05T03:00Z"),
        ("Asia/Beirut", "2026-03-28T22:00Z"), ("Asia/Beirut", "2026-10-24T21:00Z"),
        // At a minute past it.
        ("America/St_Johns", "2011-03-13T03:31Z"),
        // In winter, for Ramadan.
        ("Africa/Casablanca", "2026-02-15T02:00Z"), ("Africa/Casablanca", "2026-03-22T02:00Z"),
        // A day is left out.
        ("Pacific/Apia", "2011-12-30T10:00Z"),
        // None.
        ("Asia/Kathmandu", "2026-06-01T00:00Z"), ("UTC", "2026-06-01T00:00Z"),
    ]
}
