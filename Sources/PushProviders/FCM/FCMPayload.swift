import FCM
import PushSender
import WebPush

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A push in FCM's form: its raw message, or what the neutral notification means on each of FCM's platforms. docs/notification.md has the
/// table.
struct FCMPayload: Sendable {
    let notification: PushSender.Notification
    let policy: PushPolicy
    let id: String

    init(_ notification: PushSender.Notification, policy: PushPolicy, id: PushID) {
        self.notification = notification
        self.policy = policy
        self.id = id.rawValue
    }

    /// - Parameters:
    ///   - ttlSeconds: what is left of the push's life.
    ///   - expiresAt: nil for a push with TTL 0.
    /// - Throws: what FCM would refuse.
    func body(ttlSeconds: Int, expiresAt: Date?) throws(FCMError) -> FCMRequestBody {
        if let raw = notification.fcm?.message { return try FCMRequestBody(message: raw) }
        return try FCMRequestBody(message(ttlSeconds: ttlSeconds, expiresAt: expiresAt))
    }

    /// - Throws: what FCM would refuse. Nothing is encoded for it: this is asked before a push is accepted.
    func check() throws(FCMError) {
        if let raw = notification.fcm?.message {
            _ = try FCMRequestBody(message: raw)
        } else {
            try message(ttlSeconds: 0, expiresAt: nil).check()
        }
    }

    private func message(ttlSeconds: Int, expiresAt: Date?) -> FCMMessage {
        FCMMessage(
            data: data,
            notification: showsNothing
                ? nil : FCMNotification(title: notification.title, body: notification.body, image: notification.image),
            android: android(ttlSeconds), webpush: webpush(ttlSeconds), apns: apns(expiresAt))
    }

    /// On Android what shows nothing goes to the app as data.
    var showsNothing: Bool { notification.background == true || (notification.title == nil && notification.body == nil) }

    /// FCM's data are texts.
    private var data: [String: String] {
        var data: [String: String] = [:]
        switch notification.data {
        case .object(let members): data = members.mapValues(Self.text)
        case nil, .null: break
        case .some(let other): data["data"] = Self.text(other)
        }
        data["herald_id"] = id
        data["herald_url"] = notification.url
        return data
    }

    private static func text(_ value: JSONValue) -> String {
        if case .string(let text) = value { return text }
        return String(decoding: JSONText.bytes(of: value), as: UTF8.self)
    }

    private func android(_ ttlSeconds: Int) -> FCMAndroid {
        let isUrgent = policy.urgency >= .normal && !showsNothing
        return FCMAndroid(
            collapseKey: policy.collapseKey, priority: isUrgent ? .high : .normal, ttl: FCMDuration(seconds: Double(ttlSeconds)),
            notification: showsNothing ? nil : androidNotification)
    }

    private var androidNotification: FCMAndroidNotification? {
        var shown = FCMAndroidNotification()
        shown.icon = notification.icon
        shown.color = notification.color
        shown.sound = notification.sound
        shown.tag = notification.tag
        shown.channelId = notification.channel
        shown.notificationCount = notification.badge
        switch notification.interruptionLevel {
        case .passive: shown.notificationPriority = .low
        case .timeSensitive: shown.notificationPriority = .high
        case .critical: shown.notificationPriority = .max
        case .active, nil: break
        }
        return shown == FCMAndroidNotification() ? nil : shown
    }

    // MARK: iOS

    private func apns(_ expiresAt: Date?) -> FCMAPNs {
        var headers = [
            "apns-push-type": showsNothingOnIOS ? "background" : "alert", "apns-priority": priority,
            "apns-expiration": expiresAt.map { String(Int($0.timeIntervalSince1970)) } ?? "0",
        ]
        headers["apns-collapse-id"] = policy.collapseKey ?? notification.tag
        return FCMAPNs(headers: headers, payload: ["aps": .object(aps)])
    }

    private var showsNothingOnIOS: Bool { showsNothing && notification.badge == nil && notification.sound == nil }

    private var priority: String {
        if showsNothingOnIOS { return policy.urgency == .veryLow ? "1" : "5" }
        return switch policy.urgency {
        case .high, .normal: "10"
        case .low: "5"
        case .veryLow: "1"
        }
    }

    private var aps: [String: FCMJSON] {
        if showsNothingOnIOS { return ["content-available": .integer(1)] }
        var aps: [String: FCMJSON] = [:]
        let alert = [("title", notification.title), ("subtitle", notification.subtitle), ("body", notification.body)]
            .compactMap { name, text in text.map { (name, FCMJSON.string($0)) } }
        if !alert.isEmpty { aps["alert"] = .object(Dictionary(uniqueKeysWithValues: alert)) }
        aps["badge"] = notification.badge.map { .integer(Int64($0)) }
        aps["sound"] = notification.sound.map(sound)
        aps["thread-id"] = notification.thread.map { .string($0) }
        aps["category"] = notification.category.map { .string($0) }
        aps["interruption-level"] = notification.interruptionLevel.map { .string($0.rawValue) }
        if !alert.isEmpty, notification.mutable == true || notification.image != nil { aps["mutable-content"] = .integer(1) }
        return aps
    }

    private func sound(_ name: String) -> FCMJSON {
        guard notification.interruptionLevel == .critical else { return .string(name) }
        return .object(["critical": .integer(1), "name": .string(name), "volume": .integer(1)])
    }

    // MARK: Browsers

    private func webpush(_ ttlSeconds: Int) -> FCMWebPush {
        var headers = ["TTL": String(ttlSeconds), "Urgency": policy.urgency.rawValue]
        headers["Topic"] = policy.collapseKey.flatMap { WebPushCollapseKey.topic($0)?.value }
        let link = notification.url.flatMap { $0.hasPrefix("https://") ? FCMOptions(link: $0) : nil }
        return FCMWebPush(headers: headers, notification: webNotification, fcmOptions: link)
    }

    /// Title, body and image come from the shared part.
    private var webNotification: [String: FCMJSON]? {
        if showsNothing { return nil }
        var shown: [String: FCMJSON] = [:]
        shown["icon"] = notification.icon.map { .string($0) }
        shown["badge"] = notification.badgeIcon.map { .string($0) }
        shown["tag"] = notification.tag.map { .string($0) }
        shown["actions"] = notification.actions.map { .array($0.map(action)) }
        if notification.interruptionLevel == .passive { shown["silent"] = .bool(true) }
        if notification.interruptionLevel == .timeSensitive || notification.interruptionLevel == .critical {
            shown["requireInteraction"] = .bool(true)
        }
        return shown.isEmpty ? nil : shown
    }

    private func action(_ action: NotificationAction) -> FCMJSON {
        var members: [String: FCMJSON] = ["action": .string(action.action), "title": .string(action.title)]
        members["icon"] = action.icon.map { .string($0) }
        return .object(members)
    }
}
