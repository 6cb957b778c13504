#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What a browser's `PushSubscription.toJSON()` gives (W3C Push API), and what an application server keeps to send.
public struct PushSubscription: Sendable, Hashable {
    public let endpoint: WebPushEndpoint
    /// Every mainstream browser says null.
    public let expirationTime: Date?
    public let keys: SubscriptionKeys

    public init(endpoint: WebPushEndpoint, expirationTime: Date? = nil, keys: SubscriptionKeys) {
        self.endpoint = endpoint
        self.expirationTime = expirationTime
        self.keys = keys
    }

    /// - Parameter json: as the browser gave it.
    /// - Throws: `subscriptionMalformed` when it isn't such JSON; `endpointInvalid`, `publicKeyInvalid` or
    ///   `authSecretInvalid` with a message that names the field.
    public init(json: [UInt8]) throws(WebPushError) {
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(json))
        } catch let error as WebPushError {
            throw error
        } catch {
            throw WebPushError(
                .subscriptionMalformed,
                "This is no PushSubscription: send the JSON of PushSubscription.toJSON(), with endpoint and keys {p256dh, auth}",
                cause: error)
        }
    }
}

extension PushSubscription: Codable {
    private enum CodingKeys: String, CodingKey { case endpoint, expirationTime, keys }

    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        endpoint = try fields.decode(WebPushEndpoint.self, forKey: .endpoint)
        expirationTime = try fields.decodeIfPresent(Double.self, forKey: .expirationTime)
            .map { Date(timeIntervalSince1970: $0 / 1000) }
        keys = try fields.decode(SubscriptionKeys.self, forKey: .keys)
    }

    /// `expirationTime` is always there, as in a browser: milliseconds or null.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(endpoint, forKey: .endpoint)
        try fields.encode(expirationTime.map { ($0.timeIntervalSince1970 * 1000).rounded() }, forKey: .expirationTime)
        try fields.encode(keys, forKey: .keys)
    }
}
