import JSON
import PushSender
import WebPush

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `POST /v1/pushes`
struct SendBody: RequestBody {
    let audience: AudienceBody

    // What is said.
    let notification: PushSender.Notification?
    let template: String?
    let variables: [String: JSONValue]?
    let locales: [String: PushSender.Notification]?
    let personal: Bool?

    // How it is sent.
    let ttl: Int?
    let expiresAt: Date?
    let urgency: String?
    let collapseKey: String?

    // When.
    let sendAt: Date?
    let localTime: String?
    let ifPassed: String?
    let window: HoursBody?
    let withoutTimeZone: String?
    let ignoreQuietHours: Bool?
    let devicesPerSecond: Int?

    // How often.
    let limits: [CapBody]?

    let receipts: Bool?

    struct CapBody: Decodable {
        let key: String
        let per: String
        let count: Int
        let seconds: Int
        let over: String?
    }

    static let limitBytes = 262_144

    static let shape = BodyShape.fields(
        "template", "personal", "ttl", "expires_at", "urgency", "collapse_key", "send_at", "local_time", "if_passed",
        "without_time_zone", "ignore_quiet_hours", "devices_per_second", "receipts"
    ).with([
        "audience": AudienceBody.shape, "notification": NotificationShape.shape, "variables": .map(.any),
        "locales": .map(NotificationShape.shape), "window": HoursBody.shape,
        "limits": .list(.fields("key", "per", "count", "seconds", "over")),
    ])

    /// What goes out byte for byte as it came in.
    static let rawPaths = [
        ["apns", "payload"], ["fcm", "message"], ["hms", "message"], ["hms", "payload"], ["hms", "push_options"],
        ["wns", "payload"], ["webpush", "payload"],
    ].flatMap { [["notification"] + $0, ["locales", "*"] + $0] }
}

// MARK: What it asks for

extension SendBody {
    func policy() throws -> PushPolicy {
        var policy = PushPolicy(collapseKey: collapseKey)
        if let ttl {
            guard ttl >= 0 else { throw Problem.invalid("ttl", "\(ttl) is negative; give seconds, 0 for \"now or never\"") }
            guard expiresAt == nil else { throw Problem.invalid("expires_at", "give either ttl or expires_at") }
            policy.ttl = TTL(seconds: ttl)
        }
        policy.urgency = try urgency.map { try Self.one(of: Urgency.self, $0, "urgency") } ?? policy.urgency
        return policy
    }

    func options() throws -> PushOptions {
        var options = PushOptions()
        options.schedule = try schedule()
        options.caps = try (limits ?? []).enumerated().map { index, body in try body.cap("limits[\(index)]") }
        options.devicesPerSecond = devicesPerSecond
        options.wantsReceipts = receipts ?? false
        options.expiresAt = expiresAt
        return options
    }

    private func schedule() throws -> PushSchedule {
        var schedule = PushSchedule()
        schedule.sendAt = sendAt
        schedule.localTime = try localTime.map { try LocalDateTime($0, field: "local_time") }
        schedule.passed = try ifPassed.map { try Self.one(of: PassedLocalTime.self, $0, "if_passed") } ?? schedule.passed
        schedule.window = try window?.checked("window")
        schedule.zoneless = try withoutTimeZone.map { try Self.one(of: Zoneless.self, $0, "without_time_zone") } ?? schedule.zoneless
        schedule.ignoresQuietHours = ignoreQuietHours ?? false
        return schedule
    }

    fileprivate static func one<Choice: RawRepresentable & CaseIterable>(
        of choices: Choice.Type, _ text: String, _ field: String
    ) throws -> Choice where Choice.RawValue == String {
        guard let choice = Choice(rawValue: text) else {
            throw Problem.invalid(field, "\(text) is none of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }
}

extension SendBody.CapBody {
    fileprivate func cap(_ field: String) throws -> FrequencyCap {
        FrequencyCap(
            key: key, per: try SendBody.one(of: FrequencyCap.Subject.self, per, "\(field).per"), count: count, seconds: seconds,
            over: try over.map { try SendBody.one(of: FrequencyCap.Excess.self, $0, "\(field).over") } ?? .drop)
    }
}
