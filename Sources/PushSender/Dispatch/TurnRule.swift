#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// When the devices of a time zone have their turn: what the push asks, and what the App and its users ask of all pushes.
struct TurnRule: Sendable {
    private let push: Push
    private let rules: AppRules
    private let quiet: [DailyHours]
    private let asksUsers: Bool

    init(_ push: Push, _ rules: AppRules) {
        self.push = push
        self.rules = rules
        let passes = push.options.schedule.passesQuietHours(of: rules.settings, urgency: push.policy.urgency)
        quiet = passes ? [] : rules.settings.quietHours.map { [$0.hours] } ?? []
        asksUsers = !passes && rules.usersHaveQuietHours
    }

    /// Whether devices of different time zones may have different turns.
    var needsTimeZones: Bool { push.options.schedule.needsTimeZones(quiet: quiet) }

    /// - Throws: ``PushProblem`` when the App's quiet hours leave nothing of the push's window.
    func checkWindow() throws(PushProblem) { try push.options.schedule.checkWindow(quiet: quiet) }

    /// Whether a device's turn, words or caps depend on whose it is and what it says of itself.
    var needsProfiles: Bool {
        asksUsers || !push.options.caps.isEmpty || (push.options.wording?.needsProfiles ?? false)
    }

    /// When a slice has its turn: now, where time zones make no difference.
    func opening(of slice: Slice, now: Date) -> Opening {
        slice.timeZone.map { opening(timeZone: $0, quiet, now: now) } ?? .at(now)
    }

    /// When a device has its turn.
    /// - Parameter inItsSlice: the slice's turn has come, only the user's own hours are left to ask.
    func opening(of recipient: Recipient, inItsSlice: Bool, now: Date) -> Opening {
        let own = asksUsers ? recipient.profile?.userQuietHours : nil
        guard own != nil || (!inItsSlice && needsTimeZones) else { return .at(now) }
        let hours = quiet + [own].compactMap(\.self)
        return opening(timeZone: recipient.profile?.device.timeZone ?? "", hours, now: now)
    }

    private func opening(timeZone: String, _ quiet: [DailyHours], now: Date) -> Opening {
        push.options.schedule.opening(
            in: timeZone, defaultZone: rules.settings.defaultTimeZone, quiet: quiet, acceptedAt: push.createdAt, now: now)
    }
}
