import FCM
import JSON
import PushSender
import WebPush

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What FCM hands on to Apple means the same as what we send there ourselves.
extension FCMPayload {
    func apns(_ expiresAt: Date?) -> FCMAPNs {
        var headers = [
            "apns-push-type": isBackground ? "background" : "alert", "apns-priority": priority,
            "apns-expiration": expiresAt.map { String(Int($0.timeIntervalSince1970)) } ?? "0",
        ]
        headers["apns-collapse-id"] = (policy.collapseKey ?? notification.tag).flatMap { Self.collapseID($0) }
        return FCMAPNs(headers: headers, payload: ["aps": .object(isBackground ? ["content-available": .integer(1)] : aps)])
    }

    /// Nothing to see on iOS, nor to hear, where a subtitle or a badge alone is something.
    private var isBackground: Bool {
        showsNothing && (notification.background == true || (alert.isEmpty && notification.badge == nil && notification.sound == nil))
    }

    private var priority: String {
        switch policy.urgency {
        case .high, .normal: isBackground ? "5" : "10"
        case .low: "5"
        case .veryLow: "1"
        }
    }

    /// Apple takes 64 bytes. Only whether two keys are the same matters, so of a longer one the digest does.
    private static func collapseID(_ key: String) -> String? {
        let isPlain = (1...64).contains(key.utf8.count) && key.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        return isPlain ? key : WebPushCollapseKey.topic(key)?.value
    }

    private var aps: [String: JSONValue] {
        var aps: [String: JSONValue] = [:]
        if !alert.isEmpty { aps["alert"] = .object(alert) }
        aps["badge"] = notification.badge.map { .integer(Int64($0)) }
        aps["sound"] = notification.sound.map(sound)
        aps["thread-id"] = notification.thread.map { .string($0) }
        aps["category"] = notification.category.map { .string($0) }
        aps["interruption-level"] = notification.interruptionLevel.map { .string($0.rawValue) }
        if !alert.isEmpty, notification.mutable == true || notification.image != nil { aps["mutable-content"] = .integer(1) }
        return aps
    }

    private var alert: [String: JSONValue] {
        let texts = ["title": notification.title, "subtitle": notification.subtitle, "body": notification.body]
        return texts.compactMapValues { $0.map { .string($0) } }
    }

    private func sound(_ name: String) -> JSONValue {
        guard notification.interruptionLevel == .critical else { return .string(name) }
        return .object(["critical": .integer(1), "name": .string(name), "volume": .integer(1)])
    }
}
