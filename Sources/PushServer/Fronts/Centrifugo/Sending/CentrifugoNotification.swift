import PushSender
import WebPush

/// What is sent, in each provider's own words.
struct CentrifugoNotification: Decodable {
    let fcm: Message?
    let hms: Message?
    let apns: Payload?
    let webpush: Payload?
    /// Seconds since 1970.
    let expireAt: Int64?

    /// JSON text, byte for byte.
    struct Message: Decodable { let message: String? }
    struct Payload: Decodable {
        let headers: [String: String]?
        /// JSON text, byte for byte.
        let payload: String?
    }

    /// - Throws: ``CentrifugoError`` for recipients of a provider that nothing is said for.
    func checkSections(for recipient: CentrifugoRecipient) throws {
        guard let provider = recipient.rawProvider, try !sections().isMeant(for: provider) else { return }
        throw CentrifugoError.badRequest("notification.\(provider.rawValue): it is missing, and the recipients are all that provider's")
    }

    func sections() throws -> PushSender.Notification {
        var sections = PushSender.Notification()
        sections.fcm = Self.text(fcm?.message).map { FCMSection(message: $0) }
        sections.hms = Self.text(hms?.message).map { HMSSection(message: $0) }
        sections.apns = try Self.text(apns?.payload).map { try Self.apns($0, Self.lowercased(apns?.headers)) }
        sections.webpush = try Self.text(webpush?.payload).map { try Self.webpush($0, Self.lowercased(webpush?.headers)) }
        return sections
    }

    private static func text(_ raw: String?) -> String? { raw.flatMap { ["", "null"].contains($0) ? nil : $0 } }

    /// `apns-topic` comes from the credential and `apns-id` from the push.
    private static func apns(_ payload: String, _ headers: [String: String]) throws -> APNsSection {
        APNsSection(
            payload: payload, pushType: headers["apns-push-type"], priority: try number(headers, "apns-priority", "apns"),
            expiration: try number(headers, "apns-expiration", "apns"), collapseID: headers["apns-collapse-id"])
    }

    /// How long a push service keeps it has nothing to do with when the push expires.
    private static func webpush(_ payload: String, _ headers: [String: String]) throws -> WebPushSection {
        WebPushSection(
            payload: payload, ttlSeconds: try number(headers, "ttl", "webpush") ?? PushPolicy.defaultTTL.seconds,
            urgency: headers["urgency"], collapseKey: headers["topic"])
    }

    private static func lowercased(_ headers: [String: String]?) -> [String: String] {
        Dictionary((headers ?? [:]).map { ($0.key.lowercased(), $0.value) }) { $1 }.filter { !$0.value.isEmpty }
    }

    private static func number(_ headers: [String: String], _ name: String, _ section: String) throws(CentrifugoError) -> Int? {
        guard let text = headers[name] else { return nil }
        guard let number = Int(text), number >= 0 else { throw .badRequest("notification.\(section).headers.\(name): give a whole number") }
        return number
    }
}
