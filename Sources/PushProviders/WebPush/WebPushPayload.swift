#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import PushSender

/// What the App's service worker gets: a notification in the shape of Declarative Web Push, with the push's id beside it so that a
/// receiver knows a repeat when it sees one. A raw section goes out instead, as it is.
struct WebPushPayload: Encodable {
    private let web_push = 8030
    private let id: String
    private let notification: Declared

    private struct Declared: Encodable {
        let title: String?
        let body: String?
        let navigate: String?
        let icon: String?
        let image: String?
        let badge: String?
        let tag: String?
        let data: JSONValue?
    }

    static func bytes(of notification: Notification, id: PushID) -> [UInt8] {
        guard let raw = notification.webpush?.payload else { return json(WebPushPayload(notification, id: id)) }
        if case .string(let text) = raw { return Array(text.utf8) }
        return json(raw)
    }

    private init(_ notification: Notification, id: PushID) {
        self.id = id.rawValue
        self.notification = Declared(
            title: notification.title, body: notification.body, navigate: notification.url, icon: notification.icon,
            image: notification.image, badge: notification.badge, tag: notification.tag, data: notification.data)
    }

    private static func json(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        // Text, numbers and dictionaries of them always encode: there is no NaN in JSON that was read.
        return (try? encoder.encode(value)).map(Array.init) ?? []
    }
}
