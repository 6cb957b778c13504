import APNs
import FCM
import JSON
import JWS
import PushSender
import PushService
import WebPush

/// A sealed message in a provider's push. What is in it the relay can't read.
///
/// APNs: `webpush` beside `aps`, an object of `body`, `encoding`, and for `aesgcm` `encryption` and `crypto_key`. FCM: the same as data,
/// each name with `webpush_` before it. The body is base64url without padding.
struct RelayEnvelope: Sendable {
    let content: MessageContent
    let urgency: Urgency
    let ttlSeconds: Int
    let collapseKey: String?
    let wake: RelayCapability.Wake
    let title: String

    /// - Returns: nil for a provider that can't carry it.
    func notification(for provider: ProviderName) -> Notification? {
        var notification = Notification()
        switch provider {
        case .apns: notification.apns = apns
        case .fcm: notification.fcm = fcm
        default: return nil
        }
        return notification
    }

    /// How many bytes of body fit, where what goes with it is as it is here.
    func limitBytes(for provider: ProviderName) -> Int {
        let whole = provider == .apns ? apnsPayload.utf8.count : data.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        let limit = provider == .apns ? Self.apnsPayloadBytes : FCMLimits.payloadBytes
        let besides = whole - (members["body"]?.utf8.count ?? 0)
        // Four letters hold three bytes.
        return max(0, (limit - besides) * 3 / 4)
    }

    /// Of an ordinary push.
    private static let apnsPayloadBytes = 4096

    private var members: [String: String] {
        var members: [String: String] = [:]
        members["body"] = content.body.isEmpty ? nil : Base64URL.encode(content.body)
        members["encoding"] = content.encoding
        members["encryption"] = content.encryption
        members["crypto_key"] = content.cryptoKey
        return members
    }

    // MARK: APNs

    private var apns: APNsSection {
        var section = APNsSection(payload: apnsPayload, pushType: wake == .alert ? "alert" : "background")
        // Apple has no background pushes of high urgency.
        if wake == .background { section.priority = urgency >= .normal ? 5 : 1 }
        return section
    }

    private var apnsPayload: String {
        let aps: [String: JSONValue] =
            switch wake {
            case .alert: ["alert": .object(["title": .string(title)]), "mutable-content": .integer(1)]
            case .background: ["content-available": .integer(1)]
            }
        return JSONValue.object(["aps": .object(aps), "webpush": .object(members.mapValues { .string($0) })]).jsonText
    }

    // MARK: FCM

    private var data: [String: String] {
        Dictionary(uniqueKeysWithValues: members.map { ("webpush_" + $0.key, $0.value) })
    }

    private var fcm: FCMSection {
        // Android takes it ill when an urgent message shows nothing.
        let isUrgent = urgency == .high || (urgency == .normal && wake == .alert)
        var android: [String: JSONValue] = ["priority": .string(isUrgent ? "HIGH" : "NORMAL"), "ttl": .string("\(ttlSeconds)s")]
        android["collapse_key"] = collapseKey.map { .string($0) }
        var message: [String: JSONValue] = ["android": .object(android)]
        let data = data.isEmpty ? ["webpush": ""] : data
        message["data"] = .object(data.mapValues { .string($0) })
        return FCMSection(message: JSONValue.object(message).jsonText)
    }
}
