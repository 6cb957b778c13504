public import Foundation
public import WebPush

/// When a push is to be sent. Nothing asked: now.
public struct PushSchedule: Sendable, Hashable {
    /// The same moment for everybody. Not beside ``localTime``.
    public var sendAt: Date?
    /// What clocks show where each device is.
    public var localTime: LocalDateTime?
    /// What becomes of devices where ``localTime`` had passed when the push was accepted.
    public var passed = PassedLocalTime.nextDay
    /// Only then, in each device's local time.
    public var window: DailyHours?
    /// What becomes of devices whose time zone isn't known, where local time matters.
    public var zoneless = Zoneless.defaultZone
    /// Of the App and of users.
    public var ignoresQuietHours = false

    public init() {}
}

/// What becomes of devices where a local time has passed.
public enum PassedLocalTime: String, Sendable, CaseIterable, Codable {
    /// The same time on the next day there.
    case nextDay = "next_day"
    case now
    case drop
}

/// What becomes of devices without a time zone.
public enum Zoneless: String, Sendable, CaseIterable, Codable {
    /// ``AppSettings/defaultTimeZone``
    case defaultZone = "default_zone"
    /// They don't wait for any local time.
    case now
    case drop
}

extension PushSchedule {
    /// Whether quiet hours, the App's and the users' own, don't hold the push back.
    public func passesQuietHours(of settings: AppSettings, urgency: Urgency) -> Bool {
        ignoresQuietHours || (urgency == .high && settings.quietHours?.urgentPasses ?? true)
    }

    /// Whether devices of different time zones may have different turns.
    /// - Parameter quiet: the quiet hours that hold it back.
    public func needsTimeZones(quiet: [DailyHours]) -> Bool {
        localTime != nil || window != nil || !quiet.isEmpty
    }

    /// When devices of a time zone have their turn. Asked again later, it says the same, or that quiet hours have begun meanwhile.
    /// - Parameters:
    ///   - zoneName: as the devices gave it; empty if they gave none.
    ///   - defaultZone: the App's, for devices without one; nil is UTC.
    ///   - quiet: the quiet hours that hold it back.
    public func opening(in zoneName: String, defaultZone: String?, quiet: [DailyHours], acceptedAt: Date, now: Date) -> Opening {
        let earliest = max(now, sendAt ?? now)
        guard needsTimeZones(quiet: quiet) else { return .at(earliest) }
        guard let zone = ZoneName.zone(zoneName) ?? zone(ofZoneless: defaultZone) else {
            return zoneless == .now ? .at(earliest) : .never(reason: "the device has no time zone")
        }
        guard let start = start(in: zone, acceptedAt: acceptedAt) else { return .never(reason: "the local time had passed") }
        let hours = SendingHours(window: window, quiet: quiet)
        guard let opening = hours.nextAllowed(atOrAfter: max(earliest, start), in: zone) else {
            return .never(reason: "quiet hours leave no time")
        }
        return .at(opening)
    }

    private func zone(ofZoneless defaultZone: String?) -> TimeZone? {
        zoneless == .defaultZone ? defaultZone.flatMap(ZoneName.zone) ?? .gmt : nil
    }

    /// Nil for devices to be dropped.
    private func start(in zone: TimeZone, acceptedAt: Date) -> Date? {
        guard let localTime else { return acceptedAt }
        let justPassed = acceptedAt.addingTimeInterval(-Self.graceSeconds)
        let moment = localTime.moment(in: zone)
        guard moment < justPassed else { return moment }
        return switch passed {
        case .nextDay: localTime.moment(in: zone, atOrAfter: justPassed)
        case .now: acceptedAt
        case .drop: nil
        }
    }
}
