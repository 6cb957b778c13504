public import CryptoExtras

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What Firebase Cloud Messaging's HTTP v1 API takes and refuses, and Google's token endpoint before it
/// (Firebase: projects.messages.send, ErrorCode; Google Identity: Using OAuth 2.0 for server to server applications).
public struct FCMSimulator: ProviderRules {
    /// A service account and its project.
    public struct Account: Sendable {
        public var projectID: String
        public var email: String
        public var keyID: String
        public var key: _RSA.Signing.PublicKey
        /// What the assertion's `aud` may be: this endpoint's URL, and Google's.
        public var audiences: Set<String>

        public init(projectID: String, email: String, keyID: String, key: _RSA.Signing.PublicKey, tokenEndpoint: String) {
            self.projectID = projectID
            self.email = email
            self.keyID = keyID
            self.key = key
            audiences = [tokenEndpoint, "https://oauth2.googleapis.com/token"]
        }
    }

    /// An access token's. Google's live 3599 s.
    public static let usualLifetimeSeconds = 3599
    static let tokenPath = "/token"

    let account: Account
    var accessTokens: AccessTokens
    private var identifiers: SeededChance

    public init(account: Account, lifetimeSeconds: Int = Self.usualLifetimeSeconds, seed: UInt64 = 1) {
        self.account = account
        accessTokens = AccessTokens(prefix: "ya29.sim-", lifetimeSeconds: lifetimeSeconds, seed: seed)
        identifiers = SeededChance(seed: seed ^ 1)
    }

    public mutating func judge(_ request: SimulatorRequest, on connection: inout ConnectionMemory, now: Date) -> Verdict {
        if request.route == Self.tokenPath { return Verdict(grant(request, now: now), kind: .oauth) }
        let segments = request.segments
        guard segments.count == 4, segments[0] == "v1", segments[1] == "projects", segments[3] == "messages:send" else {
            return Verdict(FCMRefusal.unknownPath(request.path).reply, kind: .other)
        }
        return judgeSend(request, project: segments[2], now: now)
    }

    private mutating func judgeSend(_ request: SimulatorRequest, project: Substring, now: Date) -> Verdict {
        guard request.method == "POST" else { return Verdict(FCMRefusal.unknownPath(request.path).reply, kind: .other) }
        if let refusal = refusalOfCaller(request, project: project, now: now) { return Verdict(refusal.reply) }
        guard let body = JSONText(request.body), body.object != nil else { return Verdict(FCMRefusal.notJSON.reply) }
        let violations = FCMSchema.request.violations(in: body)
        guard violations.isEmpty else { return Verdict(FCMRefusal.ofSchema(violations).reply, targets: FCMMessage.targets(body)) }
        let message = FCMMessage(body["message"] ?? .null)
        let targets = [message.target?.value].compactMap { $0 }
        if let refusal = message.refusal() { return Verdict(refusal.reply, targets: targets) }
        return Verdict(success(isDry: body["validate_only"] == .bool(true) || body["validateOnly"] == .bool(true)), targets: targets)
    }

    private func refusalOfCaller(_ request: SimulatorRequest, project: Substring, now: Date) -> FCMRefusal? {
        guard request.repeatedHeader(where: { $0 == "authorization" || $0 == "content-type" }) == nil else { return .notJSON }
        guard let token = request.bearer else { return .missingCredential }
        guard case .good = accessTokens.standing(of: token, now: now) else { return .invalidCredential }
        guard project == account.projectID else { return .otherProject(project) }
        guard request.contentType == nil || request.contentType == "application/json" else { return .notJSON }
        return nil
    }

    private mutating func success(isDry: Bool) -> SimulatorReply {
        let id =
            isDry ? "fake_message_id" : "0:\(identifiers.next() as UInt64)%sim\(String((identifiers.next() as UInt64) >> 32, radix: 16))"
        return .json(200, "{\n  \"name\": \"projects/\(account.projectID)/messages/\(id)\"\n}\n")
    }
}

// Faults
extension FCMSimulator {
    public mutating func refusal(status: Int, reason: String?) -> SimulatorReply {
        status == 200 ? success(isDry: false) : FCMRefusal(status: status, errorCode: reason ?? FCMRefusal.usualErrorCode(status)).reply
    }

    public mutating func deathReply(dead: [String], of verdict: Verdict, since: Date, reason: String?) -> SimulatorReply {
        FCMRefusal(status: 404, errorCode: reason ?? "UNREGISTERED", message: "Requested entity was not found.").reply
    }
}
