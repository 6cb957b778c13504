/// A request as bytes, for any HTTP/2 client.
public struct APNsRequest: Sendable {
    public let method: String
    /// To be appended to an origin of ``APNsEnvironment``.
    public let path: String
    /// Names in lower case.
    public let headers: [(name: String, value: String)]
    public let body: [UInt8]

    init(method: String, path: String, headers: [(name: String, value: String)], body: [UInt8] = []) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
    }
}

/// The requests of one notification to any number of devices of an app: they differ in a path and an id.
public struct APNsRequestTemplate: Sendable {
    /// Without `apns-id`.
    public let headers: [(name: String, value: String)]
    public let body: [UInt8]

    /// - Parameter providerToken: nil where a client certificate speaks for us.
    public init(_ notification: APNsNotification, bundleID: APNsBundleID, providerToken: APNsProviderToken?) {
        let topic = (name: "apns-topic", value: bundleID.topic(notification.pushType))
        headers = authorization(providerToken) + [topic] + notification.headers
        body = notification.payload
    }

    /// - Parameter id: `apns-id`, a UUID in lower case, which APNs gives back; nil lets APNs make one.
    public func request(to token: APNsDeviceToken, id: String? = nil) -> APNsRequest {
        var headers = headers
        if let id { headers.append(("apns-id", id)) }
        return APNsRequest(method: "POST", path: Self.pathPrefix + token.hex, headers: headers, body: body)
    }

    /// What stands before the device token.
    public static let pathPrefix = "/3/device/"
}

func authorization(_ token: APNsProviderToken?) -> [(name: String, value: String)] {
    token.map { [(name: "authorization", value: $0.authorization)] } ?? []
}
