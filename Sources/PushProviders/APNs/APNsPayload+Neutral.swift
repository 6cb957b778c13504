import APNs
import JSON
import PushSender

/// The neutral notification as `aps` and what stands beside it.
extension APNsPayload {
    static func neutral(
        _ notification: PushSender.Notification, _ id: PushID
    ) throws(PushProblem) -> APNsContent<APS, [String: JSONValue]> {
        try check(notification)
        return APNsContent(aps: aps(notification), custom: try custom(notification, id))
    }

    private static func check(_ notification: PushSender.Notification) throws(PushProblem) {
        if notification.background == true, alert(notification) != nil || notification.badge != nil || notification.sound != nil {
            throw invalid(
                "notification.background",
                "a background push shows nothing: leave out title, subtitle, body, badge and sound, or background")
        }
        if notification.mutable == true, alert(notification) == nil {
            throw invalid("notification.mutable", "there is no alert to change: give a title or a body, or leave mutable out")
        }
        if let badge = notification.badge, badge < 0 { throw invalid("notification.badge", "it is 0 or more, not \(badge)") }
    }

    static func showsNothing(_ notification: PushSender.Notification) -> Bool {
        notification.background == true || (alert(notification) == nil && notification.badge == nil && notification.sound == nil)
    }

    private static func aps(_ notification: PushSender.Notification) -> APS {
        if showsNothing(notification) { return APS(isContentAvailable: true) }
        let alert = alert(notification)
        return APS(
            alert: alert.map(APSAlert.content), badge: notification.badge, sound: sound(notification), threadID: notification.thread,
            category: notification.category, isMutableContent: alert != nil && (notification.mutable == true || notification.image != nil),
            interruptionLevel: notification.interruptionLevel.flatMap { APSInterruptionLevel(rawValue: $0.rawValue) })
    }

    private static func alert(_ notification: PushSender.Notification) -> APSAlert.Content? {
        let content = APSAlert.Content(title: notification.title, subtitle: notification.subtitle, body: notification.body)
        return content == APSAlert.Content() ? nil : content
    }

    private static func sound(_ notification: PushSender.Notification) -> APSSound? {
        notification.sound.map { notification.interruptionLevel == .critical ? .critical(name: $0, volume: 1) : .named($0) }
    }

    /// What stands beside `aps`. The app's data is never overwritten.
    private static func custom(_ notification: PushSender.Notification, _ id: PushID) throws(PushProblem) -> [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        switch notification.data {
        case .object(let data): members = data
        case nil, .null: break
        case .some(let other): members["data"] = other
        }
        let ours = [("herald_id", id.rawValue), ("url", notification.url), ("image", notification.image)]
        for (name, text) in ours {
            guard let text else { continue }
            if members[name] != nil { throw invalid("notification.data", "the name \(name) is taken at APNs; give the member another one") }
            members[name] = .string(text)
        }
        return members
    }
}
