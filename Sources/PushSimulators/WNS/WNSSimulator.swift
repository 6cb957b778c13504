#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What Windows Push Notification Services take and refuse, and Microsoft's token endpoints before them
/// (Microsoft: Push notification service request and response headers).
public struct WNSSimulator: ProviderRules {
    /// An app registration in Microsoft Entra ID, which is an app of the Store as well.
    public struct Account: Sendable {
        public var tenantID: String
        public var clientID: String
        public var packageSID: String
        public var clientSecret: String

        public init(tenantID: String, clientID: String, packageSID: String, clientSecret: String) {
            self.tenantID = tenantID
            self.clientID = clientID
            self.packageSID = packageSID
            self.clientSecret = clientSecret
        }
    }

    public static let usualLifetimeSeconds = 86_399
    public static let maximumBodyBytes = 5000

    let account: Account
    var accessTokens: AccessTokens
    private var identifiers: SeededChance

    public init(account: Account, lifetimeSeconds: Int = Self.usualLifetimeSeconds, seed: UInt64 = 1) {
        self.account = account
        accessTokens = AccessTokens(prefix: "EwCAsim", lifetimeSeconds: lifetimeSeconds, seed: seed)
        identifiers = SeededChance(seed: seed ^ 1)
    }

    public mutating func judge(_ request: SimulatorRequest, on connection: inout ConnectionMemory, now: Date) -> Verdict {
        if request.route.hasSuffix("/oauth2/v2.0/token") || request.route == "/accesstoken.srf" {
            return Verdict(grant(request, now: now), kind: .oauth)
        }
        guard let channel = Self.channel(request.path) else { return Verdict(reply(.init(404, "Channel URI is not valid")), kind: .other) }
        if let refusal = refusal(of: request, now: now) { return Verdict(reply(refusal), targets: [channel]) }
        return Verdict(success(for: request), targets: [channel])
    }

    /// What follows `token=`, escapes and all.
    private static func channel(_ path: String) -> String? {
        guard path.hasPrefix("/?token=") else { return nil }
        let token = path.dropFirst(8).prefix { $0 != "&" }
        return token.isEmpty || token.contains(where: { $0 == " " || $0 == "#" }) ? nil : String(token)
    }

    private func refusal(of request: SimulatorRequest, now: Date) -> WNSRefusal? {
        guard request.method == "POST" else { return .init(405, "Only POST is supported") }
        guard let token = request.bearer else { return .init(401, "The Authorization header is missing or malformed") }
        switch accessTokens.standing(of: token, now: now) {
        case .good: return WNSRefusal.ofHeaders(request) ?? WNSRefusal.ofBody(request)
        case .expired: return .init(401, "The token has expired")
        case .unknown: return .init(401, "The token is not valid")
        }
    }

    private mutating func success(for request: SimulatorRequest, status: String = "received") -> SimulatorReply {
        var headers = commonHeaders + [("x-wns-status", status)]
        if request.header("x-wns-requestforstatus") == "true" { headers.append(("x-wns-deviceconnectionstatus", "connected")) }
        if let vector = request.header("ms-cv") { headers.append(("ms-cv", vector)) }
        return SimulatorReply(200, headers: headers)
    }

    private mutating func reply(_ refusal: WNSRefusal) -> SimulatorReply {
        SimulatorReply(refusal.status, headers: commonHeaders + [("x-wns-error-description", refusal.description)])
    }

    private var commonHeaders: [SimulatorReply.Header] {
        mutating get {
            let id = String(identifiers.next() as UInt64, radix: 16, uppercase: true)
            return [("x-wns-msg-id", id), ("x-wns-debug-trace", "SIM1SCH02010101")]
        }
    }
}

// Faults
extension WNSSimulator {
    /// With 200, the reason is the notification's status: `dropped`, `channelthrottled`.
    public mutating func refusal(status: Int, reason: String?) -> SimulatorReply {
        if status == 200 { return success(for: SimulatorRequest(path: "/"), status: reason ?? "received") }
        return reply(.init(status, reason ?? WNSRefusal.usualDescription(status)))
    }

    public mutating func deathReply(dead: [String], of verdict: Verdict, since: Date, reason: String?) -> SimulatorReply {
        reply(.init(410, reason ?? WNSRefusal.usualDescription(410)))
    }
}
