/// Requests that make, show and remove broadcast channels, for ``APNsEnvironment/managementOrigin`` (Apple: Sending channel management
/// requests to APNs). The bundle id goes without a suffix.
public enum APNsChannelRequest {
    /// Answered with 201 and the header `apns-channel-id`. An app has at most 10,000 channels in each environment.
    /// - Parameter requestID: `apns-request-id`, a UUID that comes back.
    public static func create(
        _ policy: APNsChannelPolicy, for bundleID: APNsBundleID, providerToken: APNsProviderToken?, requestID: String? = nil
    ) -> APNsRequest {
        let body = #"{"message-storage-policy":\#(policy.rawValue),"push-type":"LiveActivity"}"#
        return request("POST", channels(bundleID), nil, providerToken, requestID, body: Array(body.utf8))
    }

    /// Answered with 200; ``APNsChannelReply/policy(_:)`` reads it.
    public static func read(
        _ channel: APNsChannelID, of bundleID: APNsBundleID, providerToken: APNsProviderToken?, requestID: String? = nil
    ) -> APNsRequest {
        request("GET", channels(bundleID), channel, providerToken, requestID)
    }

    /// Answered with 204.
    public static func delete(
        _ channel: APNsChannelID, of bundleID: APNsBundleID, providerToken: APNsProviderToken?, requestID: String? = nil
    ) -> APNsRequest {
        request("DELETE", channels(bundleID), channel, providerToken, requestID)
    }

    /// Answered with 200; ``APNsChannelReply/channels(_:)`` reads it.
    public static func list(
        of bundleID: APNsBundleID, providerToken: APNsProviderToken?, requestID: String? = nil
    ) -> APNsRequest {
        request("GET", "/1/apps/\(bundleID)/all-channels", nil, providerToken, requestID)
    }

    private static func channels(_ bundleID: APNsBundleID) -> String { "/1/apps/\(bundleID)/channels" }

    private static func request(
        _ method: String, _ path: String, _ channel: APNsChannelID?, _ providerToken: APNsProviderToken?, _ requestID: String?,
        body: [UInt8] = []
    ) -> APNsRequest {
        var headers = authorization(providerToken)
        if let channel { headers.append(("apns-channel-id", channel.text)) }
        if let requestID { headers.append(("apns-request-id", requestID)) }
        if !body.isEmpty { headers.append(("content-type", "application/json")) }
        return APNsRequest(method: method, path: path, headers: headers, body: body)
    }
}
