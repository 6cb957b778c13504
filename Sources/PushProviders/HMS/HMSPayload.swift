import HMS
import PushSender
import WebPush

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A push in Huawei's two dialects.
struct HMSPayload: Sendable {
    let notification: PushSender.Notification
    let policy: PushPolicy
    let id: String

    init(_ notification: PushSender.Notification, policy: PushPolicy, id: PushID) {
        self.notification = notification
        self.policy = policy
        self.id = id.rawValue
    }

    /// Whether there is anything for tokens of HarmonyOS 5, or for the others.
    func suits(harmony: Bool) -> Bool {
        (harmony ? notification.hms?.payload : notification.hms?.message) != nil || notification.hasNeutralContent
    }

    /// v1 and v2.
    func core(ttlSeconds: Int) throws(HMSError) -> HMSRequestBody {
        if let raw = notification.hms?.message { return try HMSRequestBody(message: raw) }
        return try HMSRequestBody(message(ttlSeconds: ttlSeconds))
    }

    /// v3.
    func harmony(ttlSeconds: Int) throws(HMSError) -> HMSRequestBody {
        guard let raw = notification.hms?.payload else { return try HMSRequestBody(harmonyMessage(ttlSeconds: ttlSeconds)) }
        let options = notification.hms?.pushOptions ?? pushOptions(ttlSeconds, pushType).json
        return try HMSRequestBody(payload: raw, pushOptions: options)
    }

    var pushType: HarmonyPushType {
        if notification.hms?.payload != nil { return HarmonyPushType(rawValue: notification.hms?.pushType ?? 0) }
        return showsNothing ? .background : .alert
    }

    /// Huawei takes fewer test messages and fewer widget updates at once.
    var harmonyTokensPerRequest: Int {
        if pushType == .form { return 1 }
        let isTest = notification.hms?.pushOptions.flatMap { try? JSONDecoder().decode(HarmonyPushOptions.self, from: Data($0.utf8)) }?
            .testMessage
        return isTest == true ? 10 : HMSLimits.tokens
    }

    private var showsText: Bool { notification.title != nil || notification.body != nil }
    var showsNothing: Bool { notification.background == true || (!showsText && notification.badge == nil) }

    // Huawei wants both. Its console takes titles of 40 characters.
    var title: String? { notification.title ?? notification.body.map { String($0.prefix(40)) } }
    var body: String? { notification.body ?? notification.subtitle ?? notification.title }

    /// A number goes as it is. Other keys aren't squeezed into a hundred numbers: two that met there would swallow each other's pushes.
    var collapseKey: Int? {
        policy.collapseKey.flatMap { Int($0) }.flatMap { (0...100).contains($0) ? $0 : nil }
    }

    /// Under one number a device shows the newest only: so a tag or a collapse key replaces, and a repeat of this push shows no second
    /// time.
    var notifyID: Int {
        let text = notification.tag ?? policy.collapseKey ?? id
        return Int(text.utf8.reduce(2_166_136_261 as UInt32) { ($0 ^ UInt32($1)) &* 16_777_619 } & 0x7FFF_FFFF)
    }

    var badge: Int? { notification.badge.map { min($0, 99) } }

    var data: String? { notification.data.map { String(decoding: JSONText.bytes(of: $0), as: UTF8.self) } }
}
