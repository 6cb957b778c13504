public import Crypto

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What Apple Push Notification service takes and refuses (Apple: Sending notification requests to APNs; Handling error responses from
/// APNs).
public struct APNsSimulator: ProviderRules {
    /// What the simulated developer account has.
    public struct Account: Sendable {
        public var teamID: String
        /// Each key's public half, by key id.
        public var keys: [String: P256.Signing.PublicKey]
        /// Keys that are good for one environment alone: `production` or `sandbox`.
        public var keyEnvironments: [String: String]
        public var bundleIDs: [String]

        public init(
            teamID: String, keys: [String: P256.Signing.PublicKey], keyEnvironments: [String: String] = [:], bundleIDs: [String]
        ) {
            self.teamID = teamID
            self.keys = keys
            self.keyEnvironments = keyEnvironments
            self.bundleIDs = bundleIDs
        }
    }

    /// On a new connection with token authentication, until its first success.
    public static let firstStreamLimit = 1
    public static let streamLimit = 1000

    let account: Account
    /// `production` or `sandbox`.
    let environment: String
    var tokens = ProviderTokenChecks()
    var channels = BroadcastChannels()
    var identifiers: SeededChance

    /// - Parameter seed: where the ids that it makes begin.
    public init(account: Account, environment: String, seed: UInt64 = 1) {
        self.account = account
        self.environment = environment
        identifiers = SeededChance(seed: seed)
    }

    public mutating func judge(_ request: SimulatorRequest, on connection: inout ConnectionMemory, now: Date) -> Verdict {
        if connection.certificate != nil { connection.streamLimit = max(connection.streamLimit, Self.streamLimit) }
        guard request.path.hasPrefix("/3/device") else { return judgeBroadcast(request, on: &connection, now: now) }
        let deviceToken = String(request.route.dropFirst("/3/device/".count))
        let boundKey = connection.boundKey
        let refusal = refusal(of: request, to: deviceToken, on: &connection, now: now)
        // Only what was accepted ties the connection to a key.
        if refusal != nil { connection.boundKey = boundKey }
        if refusal == nil { connection.streamLimit = max(connection.streamLimit, Self.streamLimit) }
        return Verdict(reply(refusal, to: request), targets: deviceToken.isEmpty ? [] : [deviceToken])
    }

    private mutating func refusal(
        of request: SimulatorRequest, to deviceToken: String, on connection: inout ConnectionMemory, now: Date
    ) -> APNsRefusal? {
        if let refusal = APNsRefusal.ofForm(request) { return refusal }
        if let refusal = authenticate(request, on: &connection, now: now) { return refusal }
        let type = request.header("apns-push-type")
        if let type, !APNsVocabulary.pushTypes.contains(type) { return .invalidPushType }
        if let refusal = refusalOfTopic(request, type: type, certificate: connection.certificate) { return refusal }
        if let refusal = APNsRefusal.ofHeaders(request, type: type) { return refusal }
        if let refusal = APNsRefusal.ofPayload(request.body, maximumBytes: type == "voip" ? 5120 : 4096) { return refusal }
        return APNsVocabulary.isDeviceToken(deviceToken) ? nil : .badDeviceToken
    }

    /// A connection that succeeded once belongs to the key it did so with.
    mutating func authenticate(_ request: SimulatorRequest, on connection: inout ConnectionMemory, now: Date) -> APNsRefusal? {
        if let certificate = connection.certificate {
            return certificate.environments.contains(environment) ? nil : .badCertificateEnvironment
        }
        guard let authorization = request.header("authorization") else { return .missingProviderToken }
        return tokens.refusal(of: authorization, account: account, environment: environment, on: &connection, now: now)
    }

    private func refusalOfTopic(_ request: SimulatorRequest, type: String?, certificate: ClientCertificate?) -> APNsRefusal? {
        guard let topic = request.header("apns-topic") ?? certificate.flatMap({ $0.topics.first }), !topic.isEmpty else {
            return .missingTopic
        }
        guard topic.utf8.allSatisfy(APNsVocabulary.isTopicByte) else { return .badTopic }
        if type == "mdm" { return certificate == nil || certificate?.topics.contains(topic) == true ? nil : .topicDisallowed }
        let (bundleID, suffix) = APNsVocabulary.split(topic: topic)
        if let certificate {
            let isCovered = certificate.topics.contains(topic) || certificate.topics.contains(bundleID)
            guard isCovered, !APNsVocabulary.typesOfTokensOnly.contains(type ?? "") else { return .topicDisallowed }
        } else if !account.bundleIDs.contains(bundleID) {
            return .topicDisallowed
        }
        return type == nil || APNsVocabulary.suffixes[type ?? ""] == suffix ? nil : .topicDisallowed
    }
}

// Replies
extension APNsSimulator {
    mutating func reply(_ refusal: APNsRefusal?, to request: SimulatorRequest) -> SimulatorReply {
        let given = request.header("apns-id").flatMap { APNsVocabulary.isUUID($0) ? $0 : nil }
        var headers: [SimulatorReply.Header] = [("apns-id", given ?? makeID())]
        guard let refusal else {
            // What the Push Notifications Console finds a push by.
            if environment == "sandbox" { headers.append(("apns-unique-id", makeID())) }
            return SimulatorReply(200, headers: headers)
        }
        return SimulatorReply(refusal.status, headers: headers + [("content-type", "application/json; charset=utf-8")], body: refusal.body)
    }

    public mutating func refusal(status: Int, reason: String?) -> SimulatorReply {
        let refusal = APNsRefusal(status, reason ?? APNsRefusal.usualReason(status))
        if status == 200 { return SimulatorReply(200, headers: [("apns-id", makeID())]) }
        return SimulatorReply(status, headers: [("apns-id", makeID())], body: refusal.body)
    }

    public mutating func deathReply(dead: [String], of verdict: Verdict, since: Date, reason: String?) -> SimulatorReply {
        var reply = verdict.reply
        reply.status = 410
        let word = JSONText.quoted(reason ?? "Unregistered")
        reply.body = Array(#"{"reason":\#(word),"timestamp":\#(Int((since.timeIntervalSince1970 * 1000).rounded()))}"#.utf8)
        return reply
    }

    public mutating func strangerReply() -> SimulatorReply { refusal(status: 400, reason: "BadDeviceToken") }

    mutating func makeID() -> String { UUIDText.make(with: &identifiers) }
}
