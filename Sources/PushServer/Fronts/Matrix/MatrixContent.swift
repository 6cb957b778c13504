import JSON
import PushSender

/// A notice in a provider's words, built on what the App gave as `default_payload`.
///
/// | | |
/// |---|---|
/// | APNs | `event_id`, `room_id` and the counts beside `aps`; `aps.badge`; `aps.alert` with sender and text, unless only ids are wanted |
/// | FCM | a data message of texts: the notice's members, `unread`, `missed_calls`, `prio` |
/// | Web Push | the same as JSON |
struct MatrixContent {
    let notice: MatrixNotice
    let device: MatrixDevice
    /// Whether the ids are all that is said of the event: `event_id_only`.
    let isBrief: Bool

    func notification(for provider: ProviderName) -> Notification {
        var notification = Notification()
        switch provider {
        case .apns: notification.apns = apns
        case .fcm: notification.fcm = fcm
        case .webPush: notification.webpush = WebPushSection(payload: JSONValue.object(members).jsonText)
        default:
            // Others have no custom among Matrix's clients.
            notification.title = title ?? "Matrix"
            notification.body = isBrief ? nil : text
            notification.badge = notice.badge.map { Int($0) }
        }
        return notification
    }

    // MARK: APNs

    private var apns: APNsSection {
        var payload = device.defaultPayload
        payload["event_id"] = notice.eventID.map { .string($0) }
        payload["room_id"] = notice.roomID.map { .string($0) }
        payload["unread_count"] = notice.count("unread").map { .integer($0) }
        payload["missed_calls"] = notice.count("missed_calls").map { .integer($0) }
        let aps = aps
        payload["aps"] = .object(aps)
        var section = APNsSection(payload: JSONValue.object(payload).jsonText)
        section.priority = notice.isUrgent && (aps["alert"] != nil || aps["badge"] != nil) ? 10 : 5
        section.pushType = Self.shows(aps) ? "alert" : "background"
        return section
    }

    private var aps: [String: JSONValue] {
        var aps: [String: JSONValue] = [:]
        if case .object(let members)? = device.defaultPayload["aps"] { aps = members }
        aps["badge"] = notice.badge.map { .integer($0) } ?? aps["badge"]
        if !isBrief, let title {
            aps["alert"] = .object(["title": .string(title), "body": .string(text)])
            aps["sound"] = device.sound.map { .string($0) } ?? aps["sound"]
        }
        // With nothing to show, the app is to be woken.
        if !Self.shows(aps) { aps["content-available"] = .integer(1) }
        return aps
    }

    private static func shows(_ aps: [String: JSONValue]) -> Bool { ["alert", "badge", "sound"].contains { aps[$0] != nil } }

    private var title: String? {
        guard notice.eventID != nil else { return nil }
        return ["room_name", "sender_display_name", "sender"].lazy.compactMap { notice.members[$0]?.text }.first
    }

    private var text: String {
        let text = notice.members["content"]?["body"]?.text ?? ""
        guard let sender = notice.members["sender_display_name"]?.text, sender != title else { return text }
        return text.isEmpty ? sender : "\(sender): \(text)"
    }

    // MARK: FCM and Web Push

    /// The members that a client reads.
    private var members: [String: JSONValue] {
        let brief: Set = ["event_id", "room_id", "prio"]
        var members = device.defaultPayload
        for (name, value) in notice.members where name != "devices" && name != "counts" && (!isBrief || brief.contains(name)) {
            members[name] = value
        }
        members["unread"] = notice.count("unread").map { .integer($0) }
        members["missed_calls"] = notice.count("missed_calls").map { .integer($0) }
        return members
    }

    private var fcm: FCMSection {
        let data = members.mapValues { value in JSONValue.string(value.text ?? value.jsonText) }
        return FCMSection(
            message: JSONValue.object([
                "data": .object(data), "android": .object(["priority": .string(notice.isUrgent ? "HIGH" : "NORMAL")]),
            ]).jsonText)
    }
}
