public import CryptoExtras

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What Huawei Push Kit takes and refuses in its versions 1, 2 and 3, and its token endpoint (Huawei: Downlink messages; OAuth 2.0).
public struct HMSSimulator: ProviderRules {
    /// An app with its OAuth client, its project and a service account.
    public struct Account: Sendable {
        public var appID: String
        public var clientSecret: String
        public var projectID: String
        public var keyID: String
        public var subAccount: String
        public var key: _RSA.Signing.PublicKey

        public init(
            appID: String, clientSecret: String, projectID: String, keyID: String, subAccount: String, key: _RSA.Signing.PublicKey
        ) {
            self.appID = appID
            self.clientSecret = clientSecret
            self.projectID = projectID
            self.keyID = keyID
            self.subAccount = subAccount
            self.key = key
        }
    }

    public static let usualLifetimeSeconds = 3600
    static let tokenPath = "/oauth2/v3/token"

    let account: Account
    var accessTokens: AccessTokens
    var signedTokens = HMSTokenChecks()
    private var identifiers: SeededChance

    public init(account: Account, lifetimeSeconds: Int = Self.usualLifetimeSeconds, seed: UInt64 = 1) {
        self.account = account
        // Huawei's tokens have slashes, which its JSON escapes.
        accessTokens = AccessTokens(prefix: "DQEBA/sim/", lifetimeSeconds: lifetimeSeconds, seed: seed)
        identifiers = SeededChance(seed: seed ^ 1)
    }

    public mutating func judge(_ request: SimulatorRequest, on connection: inout ConnectionMemory, now: Date) -> Verdict {
        if request.route == Self.tokenPath || request.route == "/oauth2/v2/token" { return Verdict(grant(request, now: now), kind: .oauth) }
        let segments = request.segments
        guard segments.count == 3, let version = ["v1": 1, "v2": 2, "v3": 3][segments[0]], segments[2] == "messages:send" else {
            return Verdict(reply(.notFound), kind: .other)
        }
        var verdict = judgeSend(request, version: version, id: segments[1], now: now)
        verdict.version = version
        return verdict
    }

    private mutating func judgeSend(_ request: SimulatorRequest, version: Int, id: Substring, now: Date) -> Verdict {
        guard request.method == "POST" else { return Verdict(reply(.notFound), kind: .other) }
        let body = JSONText(request.body) ?? .null
        let targets = HMSRequestRules.tokens(body, version: version)
        if let refusal = refusalOfCaller(request, version: version, now: now) { return Verdict(reply(refusal), targets: targets) }
        guard id == (version == 1 ? account.appID : account.projectID) else {
            return Verdict(reply(.noPermission), targets: targets, isAccepted: false)
        }
        guard request.contentType == "application/json", body.object != nil else { return Verdict(reply(.parameter), targets: targets) }
        let refusal = version == 3
            ? HMSRequestRules.refusalOfHarmony(body, pushType: request.header("push-type"), bytes: request.body.count)
            : HMSRequestRules.refusalOfCore(body, bytes: request.body.count)
        if let refusal { return Verdict(reply(refusal), targets: targets, isAccepted: false) }
        return Verdict(reply(.success), targets: targets)
    }

    private mutating func refusalOfCaller(_ request: SimulatorRequest, version: Int, now: Date) -> HMSRefusal? {
        guard request.repeatedHeader(where: { $0 == "authorization" || $0 == "push-type" }) == nil else { return .parameter }
        guard let token = request.bearer else { return .unauthenticated }
        if version < 3 {
            switch accessTokens.standing(of: token, now: now) {
            case .good: return nil
            case .expired: return .expiredAccessToken
            case .unknown: break
            }
        }
        return signedTokens.refusal(of: token, account: account, now: now)
    }

    mutating func reply(_ refusal: HMSRefusal) -> SimulatorReply {
        let requestID = "\(identifiers.next() as UInt64)"
        return .json(refusal.status, #"{"code":"\#(refusal.code)","msg":\#(JSONText.quoted(refusal.message)),"requestId":"\#(requestID)"}"#)
    }
}

// Faults
extension HMSSimulator {
    public mutating func refusal(status: Int, reason: String?) -> SimulatorReply {
        if status == 200, reason == nil { return reply(.success) }
        return reply(HMSRefusal(status, reason ?? HMSRefusal.usualCode(status), "The request was refused."))
    }

    /// Some of the tokens are illegal, or all are; the reply has their list as text inside the text.
    public mutating func deathReply(dead: [String], of verdict: Verdict, since: Date, reason: String?) -> SimulatorReply {
        let list = "[\(dead.map(JSONText.quoted).joined(separator: ","))]"
        let living = verdict.targets.count - dead.count
        let illegal = verdict.version == 3
            ? #""illegalTokens":{\#(JSONText.quoted(reason ?? "tokenFormatError")):\#(list)}"# : #""illegal_tokens":\#(list)"#
        let message = #"{"success":\#(living),"failure":\#(dead.count),\#(illegal)}"#
        return reply(HMSRefusal(200, living == 0 ? "80300007" : "80100000", message))
    }
}
