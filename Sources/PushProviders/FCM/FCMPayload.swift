import FCM
import JSON
import PushSender

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
        if let raw = notification.fcm { return try FCMRequestBody(message: raw.message, validateOnly: raw.validateOnly ?? false) }
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

    /// The names in `data` that are ours: the id tells a repeat, the URL is opened by a tap.
    static let names = (id: "herald_id", url: "herald_url")

    /// FCM's data are texts; any other value goes as its JSON.
    private var data: [String: String] {
        var data: [String: String] = [:]
        switch notification.data {
        case .object(let members): data = members.mapValues(Self.text)
        case nil, .null: break
        case .some(let other): data["data"] = Self.text(other)
        }
        data[Self.names.id] = id
        data[Self.names.url] = notification.url
        return data
    }

    private static func text(_ value: JSONValue) -> String {
        if case .string(let text) = value { return text }
        return String(decoding: JSONText.bytes(of: value), as: UTF8.self)
    }
}
