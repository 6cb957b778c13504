import FCM
import JSON
import PushSender
import WebPush

extension FCMPayload {
    func webpush(_ ttlSeconds: Int) -> FCMWebPush {
        var headers = ["TTL": String(ttlSeconds), "Urgency": policy.urgency.rawValue]
        headers["Topic"] = policy.collapseKey.flatMap { WebPushCollapseKey.topic($0)?.value }
        let link = notification.url.flatMap { $0.hasPrefix("https://") ? $0 : nil }
        return FCMWebPush(headers: headers, notification: shown, fcmOptions: link.map { FCMWebPush.Options(link: $0) })
    }

    /// Title, body and image come from the shared part.
    private var shown: [String: JSONValue]? {
        if showsNothing { return nil }
        var shown: [String: JSONValue] = [:]
        shown["icon"] = notification.icon.map { .string($0) }
        shown["badge"] = notification.badgeIcon.map { .string($0) }
        shown["tag"] = notification.tag.map { .string($0) }
        shown["actions"] = notification.actions.map { .array($0.map(action)) }
        switch notification.interruptionLevel {
        case .passive: shown["silent"] = .bool(true)
        case .timeSensitive, .critical: shown["requireInteraction"] = .bool(true)
        case .active, nil: break
        }
        return shown.isEmpty ? nil : shown
    }

    private func action(_ action: NotificationAction) -> JSONValue {
        var members: [String: JSONValue] = ["action": .string(action.action), "title": .string(action.title)]
        members["icon"] = action.icon.map { .string($0) }
        return .object(members)
    }
}
