import Foundation
import PushSender
import PushTesting

/// A schedule, and what else an opening depends on.
struct RandomSchedule {
    private var schedule = PushSchedule()
    private let zoneName: String
    private let quiet: [DailyHours]
    let acceptedAt: Date

    init(_ random: inout SeededGenerator) throws {
        let (name, change) = ClockChange.all.randomElement(using: &random)!
        zoneName = Int.random(in: 0..<8, using: &random) == 0 ? "" : name
        acceptedAt = try utc(change) + Double.random(in: -129_600...129_600, using: &random)
        quiet = try ["22:00-07:00", "00:00-02:30", "02:30-03:15", "12:00-11:00"].shuffled(using: &random)
            .prefix(Int.random(in: 0...2, using: &random)).map { try hours($0) }
        let near = acceptedAt + Double(Int.random(in: -30...60, using: &random)) * 3600
        switch Int.random(in: 0..<3, using: &random) {
        case 0: schedule.sendAt = near
        case 1: schedule.localTime = try LocalDateTime(String(near.formatted(.iso8601).dropLast()))
        default: break
        }
        schedule.passed = PassedLocalTime.allCases.randomElement(using: &random)!
        schedule.zoneless = Zoneless.allCases.randomElement(using: &random)!
        schedule.window = try ["09:00-17:00", "23:00-02:15", "02:00-03:00", nil, nil].randomElement(using: &random)!.map { try hours($0) }
    }

    func opening(now: Date) -> Opening {
        schedule.opening(in: zoneName, defaultZone: "Europe/Vienna", quiet: quiet, acceptedAt: acceptedAt, now: now)
    }
}
