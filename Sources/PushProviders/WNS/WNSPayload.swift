import Crypto
import JSON
import PushSender
import WNS

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A push as one notification of Windows: its raw section, or a toast, or a number on the icon, or data for the app.
enum WNSPayload {
    /// Without a lifetime, which depends on when it is sent.
    /// - Throws: `invalidField`, `tooLarge`.
    static func notification(_ notification: PushSender.Notification, policy: PushPolicy, id: PushID) throws(WNSError) -> WNSNotification {
        var made = try notification.wns.map(raw) ?? neutral(notification, id)
        made.tag = made.tag ?? (notification.tag ?? policy.collapseKey).map(tag)
        if made.type == .toast {
            made.group = notification.thread.map(tag)
            made.suppressesPopup = notification.interruptionLevel == .passive
        }
        try made.check()
        return made
    }

    private static func raw(_ section: WNSSection) throws(WNSError) -> WNSNotification {
        guard let type = WNSType(rawValue: section.type) else {
            throw WNSError(.invalidField, field: "type", "it is one of \(WNSType.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return WNSNotification(type, payload: Array(section.payload.utf8), tag: section.tag)
    }

    private static func neutral(_ notification: PushSender.Notification, _ id: PushID) -> WNSNotification {
        let showsText = notification.title != nil || notification.subtitle != nil || notification.body != nil
        if notification.background != true {
            if showsText { return WNSNotification(toast(notification)) }
            if let badge = notification.badge { return WNSNotification(.number(badge)) }
        }
        return WNSNotification(.raw, payload: JSONText.bytes(of: Message(id: id.rawValue, data: notification.data)))
    }

    /// What the app gets when nothing is shown.
    private struct Message: Encodable {
        let id: String
        let data: JSONValue?
    }

    private static func toast(_ notification: PushSender.Notification) -> WNSToast {
        WNSToast(
            lines: [notification.title, notification.subtitle, notification.body].compactMap { $0 },
            launch: notification.url ?? notification.data.map { String(decoding: JSONText.bytes(of: $0), as: UTF8.self) },
            activation: notification.url == nil ? nil : .protocol, scenario: scenario(notification.interruptionLevel),
            heroImage: notification.image, logo: notification.icon, buttons: (notification.actions ?? []).map(button),
            sound: notification.sound.flatMap(sound), isSilent: notification.interruptionLevel == .passive)
    }

    private static func scenario(_ level: InterruptionLevel?) -> WNSToast.Scenario? {
        level == .timeSensitive || level == .critical ? .urgent : nil
    }

    private static func button(_ action: NotificationAction) -> WNSToast.Button {
        WNSToast.Button(
            title: action.title, arguments: action.url ?? action.action, activation: action.url == nil ? .foreground : .protocol,
            icon: action.icon)
    }

    /// A name is a file of the App; what has a scheme stays.
    private static func sound(_ name: String) -> String? {
        if name == "default" { return nil }
        return name.contains(":") ? name : "ms-appx:///\(name)"
    }

    /// As it is where Windows takes it, else the beginning of its digest.
    private static func tag(_ text: String) -> String {
        if WNSNotification.isTag(text) { return text }
        return SHA256.hash(data: Array(text.utf8)).prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
