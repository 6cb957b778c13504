#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import JSON
import PushSender

/// What the App's service worker gets: a notification in the shape of Declarative Web Push (W3C Push API, WebKit), with the push's id
/// beside it so that a receiver knows a repeat when it sees one. A raw section goes out instead, as it is.
struct WebPushPayload: Encodable {
    /// Says that a browser may show it without asking the service worker; missing when nothing is to be shown.
    private let web_push: Int?
    private let id: String
    private let notification: Declared
    /// The W3C's place for it.
    private let app_badge: Int?
    private let mutable: Bool?

    private struct Declared: Encodable {
        let title: String?
        let body: String?
        let navigate: String?
        let icon: String?
        let image: String?
        let badge: String?
        let tag: String?
        let silent: Bool?
        let requireInteraction: Bool?
        let actions: [Action]?
        let data: JSONValue?
        /// WebKit's place for it, as text.
        let app_badge: String?

        init(_ notification: PushSender.Notification) {
            let level = notification.interruptionLevel
            title = notification.title
            body = notification.body
            navigate = notification.url
            icon = notification.icon
            image = notification.image
            badge = notification.badgeIcon
            tag = notification.tag
            silent = level == .passive ? true : nil
            requireInteraction = level == .timeSensitive || level == .critical ? true : nil
            actions = notification.actions?.map(Action.init)
            data = notification.data
            app_badge = notification.badge.map { String($0) }
        }
    }

    private struct Action: Encodable {
        let action: String
        let title: String
        let navigate: String?
        let icon: String?

        init(_ action: NotificationAction) {
            self.action = action.action
            title = action.title
            navigate = action.url
            icon = action.icon
        }
    }

    static func bytes(of notification: PushSender.Notification, id: PushID) -> [UInt8] {
        if let raw = notification.webpush?.payload { return Array(raw.utf8) }
        return JSONText.bytes(of: WebPushPayload(notification, id: id))
    }

    private init(_ notification: PushSender.Notification, id: PushID) {
        web_push = notification.background == true ? nil : 8030
        self.id = id.rawValue
        app_badge = notification.badge
        mutable = notification.mutable
        self.notification = Declared(notification)
    }
}
