public import Foundation

extension PushSchedule {
    /// What has passed by no more than that is now: clocks differ, and requests take their time.
    public static let graceSeconds: TimeInterval = 300
    /// Nothing is kept for longer before it is sent.
    public static let limitDays = 365

    /// - Throws: ``PushProblem`` when it can't be meant, or can't be kept.
    public func check(now: Date) throws(PushProblem) {
        guard sendAt == nil || localTime == nil else {
            throw PushProblem(.invalidField, field: "local_time", "give either send_at or local_time")
        }
        guard localTime != nil || passed == PushSchedule().passed else {
            throw PushProblem(.invalidField, field: "if_passed", "it says what to do about local_time; give that too, or leave it out")
        }
        if let sendAt { try Self.check(sendAt...sendAt, "send_at", now) }
        if let localTime { try Self.check(localTime.momentsOnEarth, "local_time", now) }
        if let localTime, let window, !window.covers(localTime.timeOfDay) {
            throw PushProblem(
                .invalidField, field: "window",
                "local_time \(localTime.timeOfDay) is outside of it; change one of them, or leave the window out")
        }
    }

    /// - Parameter quiet: the quiet hours that hold the push back.
    /// - Throws: ``PushProblem`` when they leave nothing of the window.
    public func checkWindow(quiet: [DailyHours]) throws(PushProblem) {
        guard let window, SendingHours(window: window, quiet: quiet).isEmpty else { return }
        let names = quiet.map(\.description).joined(separator: ", ")
        throw PushProblem(
            .invalidField, field: "window",
            "the App's quiet hours (\(names)) leave nothing of it; widen it, or ignore_quiet_hours")
    }

    private static func check(_ moments: ClosedRange<Date>, _ field: String, _ now: Date) throws(PushProblem) {
        guard moments.upperBound >= now.addingTimeInterval(-graceSeconds) else {
            throw PushProblem(.invalidField, field: field, "it has passed everywhere; give a later one, or leave it out to send now")
        }
        guard moments.lowerBound <= now.addingTimeInterval(TimeInterval(limitDays) * 86_400) else {
            throw PushProblem(.invalidField, field: field, "it is more than \(limitDays) days away; nothing is kept for so long")
        }
    }
}
