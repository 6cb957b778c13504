/// An update or the end of a Live Activity for everyone who listens to a channel (Apple: Sending broadcast push notification requests to
/// APNs). To be sent to ``APNsEnvironment/broadcastOrigin``.
public struct APNsBroadcast: Sendable {
    public let payload: [UInt8]
    public let priority: APNsPriority
    public let expiration: APNsExpiration

    public static let maximumPayloadBytes = 5120

    /// - Parameters:
    ///   - payload: JSON with a Live Activity's `aps`, byte for byte. Nothing starts by broadcast: start each device with
    ///     `input-push-channel`.
    ///   - policy: the channel's; one that keeps nothing takes no other expiration than `immediately`.
    /// - Throws: `invalidHeader`, `invalidPayload`, `tooLarge`.
    public init(
        payload: [UInt8], priority: APNsPriority = .immediate, expiration: APNsExpiration = .immediately, policy: APNsChannelPolicy
    ) throws(APNsError) {
        self.payload = payload
        self.priority = priority
        self.expiration = expiration
        try check(
            APNsPushType.liveactivity.allowedPriorities.contains(priority), .invalidHeader, "apns-priority",
            "a Live Activity has priority 10 or 5, not \(priority.rawValue)")
        try check(
            policy != .keepsNothing || expiration.header == "0", .invalidHeader, "apns-expiration",
            "the channel keeps nothing, so the expiration has to be 0")
        try check(
            payload.count <= Self.maximumPayloadBytes, .tooLarge, nil,
            "the payload has \(payload.count) bytes; a broadcast takes \(Self.maximumPayloadBytes)")
        let shape = try JSONShape.payload(payload)
        try check(
            shape["aps"]?["event"]?.text != "start", .invalidPayload, "aps.event",
            "nothing starts by broadcast: send a start with input-push-channel to each device")
        try checkPayload(.liveactivity, shape)
    }

    /// - Parameter requestID: `apns-request-id`, a UUID that comes back.
    public func request(
        to channel: APNsChannelID, of bundleID: APNsBundleID, providerToken: APNsProviderToken?, requestID: String? = nil
    ) -> APNsRequest {
        var headers = authorization(providerToken)
        headers += [
            ("apns-push-type", APNsPushType.liveactivity.rawValue), ("apns-channel-id", channel.text),
            ("apns-priority", String(priority.rawValue)), ("apns-expiration", expiration.header),
        ]
        if let requestID { headers.append(("apns-request-id", requestID)) }
        return APNsRequest(method: "POST", path: "/4/broadcasts/apps/\(bundleID)", headers: headers, body: payload)
    }
}
