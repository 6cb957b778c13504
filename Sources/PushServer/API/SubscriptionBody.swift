import JWS
import HTTPTypes
import PushProviders
import PushSender
import WebPush

/// A PushSubscription as it came in, before it is checked: so that a wrong field gets our error, not the decoder's.
struct SubscriptionBody: Decodable {
    let endpoint: String
    let expirationTime: Double?
    let keys: Keys?

    struct Keys: Decodable {
        let p256dh: String
        let auth: String
    }

    /// - Parameter field: where the subscription stands in the request; empty for the whole body.
    /// - Throws: ``Problem`` that names the field.
    func checked(_ policy: EndpointPolicy, field: String) throws -> PushSubscription {
        let prefix = field.isEmpty ? "" : field + "."
        let endpoint = try blaming(prefix + "endpoint") { () throws(WebPushError) in try WebPushEndpoint(self.endpoint) }
        if let reason = policy.objection(to: endpoint) { throw invalid(prefix + "endpoint", reason) }
        guard let keys else { throw invalid(prefix + "keys", "p256dh and auth are missing") }
        return PushSubscription(
            endpoint: endpoint, expirationTime: nil, keys: try Self.keys(keys, prefix))
    }

    private static func keys(_ keys: Keys, _ prefix: String) throws -> SubscriptionKeys {
        let p256dh = try bytes(keys.p256dh, prefix + "keys.p256dh", count: 65)
        let auth = try bytes(keys.auth, prefix + "keys.auth", count: 16)
        return try blaming(prefix + "keys.p256dh") { () throws(WebPushError) in
            try SubscriptionKeys(p256dh: p256dh, auth: auth)
        }
    }

    private static func bytes(_ text: String, _ field: String, count: Int) throws -> [UInt8] {
        guard let bytes = Base64URL.decode(text) else { throw invalid(field, "this is not base64url") }
        guard bytes.count == count else { throw invalid(field, "it has \(bytes.count) bytes, not \(count)") }
        return bytes
    }
}

private func blaming<Value>(_ field: String, _ work: () throws(WebPushError) -> Value) throws -> Value {
    do { return try work() } catch { throw invalid(field, error.message) }
}

private func invalid(_ field: String, _ reason: String) -> Problem {
    Problem(.unprocessableContent, "invalid_field", "\(field): \(reason)", field: field)
}
