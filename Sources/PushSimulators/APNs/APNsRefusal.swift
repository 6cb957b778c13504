/// An error of APNs: a status, and the word that its body says (Apple: Handling error responses from APNs).
struct APNsRefusal: Sendable, Hashable {
    let status: Int
    let reason: String

    init(_ status: Int, _ reason: String) {
        self.status = status
        self.reason = reason
    }

    var body: [UInt8] { Array(#"{"reason":\#(JSONText.quoted(reason))}"#.utf8) }

    static let badCertificateEnvironment = APNsRefusal(403, "BadCertificateEnvironment")
    static let badCollapseID = APNsRefusal(400, "BadCollapseId")
    static let badDeviceToken = APNsRefusal(400, "BadDeviceToken")
    static let badEnvironmentKey = APNsRefusal(403, "BadEnvironmentKeyIdInToken")
    static let badExpirationDate = APNsRefusal(400, "BadExpirationDate")
    static let badMessageID = APNsRefusal(400, "BadMessageId")
    static let badPath = APNsRefusal(404, "BadPath")
    static let badPriority = APNsRefusal(400, "BadPriority")
    static let badTopic = APNsRefusal(400, "BadTopic")
    static let duplicateHeaders = APNsRefusal(400, "DuplicateHeaders")
    static let expiredProviderToken = APNsRefusal(403, "ExpiredProviderToken")
    static let invalidProviderToken = APNsRefusal(403, "InvalidProviderToken")
    static let invalidPushType = APNsRefusal(400, "InvalidPushType")
    static let methodNotAllowed = APNsRefusal(405, "MethodNotAllowed")
    static let missingDeviceToken = APNsRefusal(400, "MissingDeviceToken")
    static let missingProviderToken = APNsRefusal(403, "MissingProviderToken")
    static let missingTopic = APNsRefusal(400, "MissingTopic")
    static let payloadEmpty = APNsRefusal(400, "PayloadEmpty")
    static let payloadTooLarge = APNsRefusal(413, "PayloadTooLarge")
    static let tooManyUpdates = APNsRefusal(429, "TooManyProviderTokenUpdates")
    static let topicDisallowed = APNsRefusal(400, "TopicDisallowed")
    static let unrelatedKey = APNsRefusal(403, "UnrelatedKeyIdInToken")

    /// The reason that most often comes with a status.
    static func usualReason(_ status: Int) -> String {
        switch status {
        case 400: "BadDeviceToken"
        case 403: "Forbidden"
        case 404: "BadPath"
        case 405: "MethodNotAllowed"
        case 410: "Unregistered"
        case 413: "PayloadTooLarge"
        case 429: "TooManyRequests"
        case 503: "ServiceUnavailable"
        default: "InternalServerError"
        }
    }
}

// What can be said without knowing the account
extension APNsRefusal {
    static func ofForm(_ request: SimulatorRequest) -> APNsRefusal? {
        let token = request.route.dropFirst("/3/device".count)
        guard token.isEmpty || token.hasPrefix("/"), !token.dropFirst().contains("/") else { return .badPath }
        guard request.method == "POST" else { return .methodNotAllowed }
        guard token.count > 1 else { return .missingDeviceToken }
        return ofRepeats(request)
    }

    static func ofRepeats(_ request: SimulatorRequest) -> APNsRefusal? {
        request.repeatedHeader { $0.hasPrefix("apns-") || $0 == "authorization" } == nil ? nil : .duplicateHeaders
    }

    static func ofHeaders(_ request: SimulatorRequest, type: String?) -> APNsRefusal? {
        if let id = request.header("apns-id"), !APNsVocabulary.isUUID(id) { return .badMessageID }
        if let expiration = request.header("apns-expiration"), Int(expiration).map({ $0 >= 0 }) != true { return .badExpirationDate }
        if let priority = request.header("apns-priority") {
            guard ["10", "5", "1"].contains(priority), !(priority == "10" && type == "background") else { return .badPriority }
        }
        if let id = request.header("apns-collapse-id"), id.utf8.count > 64 { return .badCollapseID }
        return nil
    }

    /// A body that is no JSON object is as good as none.
    static func ofPayload(_ body: [UInt8], maximumBytes: Int) -> APNsRefusal? {
        guard !body.isEmpty else { return .payloadEmpty }
        guard body.count <= maximumBytes else { return .payloadTooLarge }
        return JSONText(body)?.object == nil ? .payloadEmpty : nil
    }
}
