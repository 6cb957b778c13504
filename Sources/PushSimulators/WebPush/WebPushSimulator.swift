import WebPush

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What a Web Push service takes and refuses (RFC 8030, 8188, 8291, 8292): `POST /push/<subscription>`, and `DELETE /m/<message>`.
/// Every subscription is restricted, as browsers make them: a message needs VAPID.
public struct WebPushSimulator: ProviderRules {
    public static let maximumBodyBytes = 4096
    /// Longer ones are cut to it, and the reply says so.
    public static let maximumTTLSeconds = 2_592_000
    private static let keptTokens = 1000

    let origin: String
    private var verified: [String: (publicKey: [UInt8], expiresAt: Date)] = [:]
    private var identifiers: SeededChance

    /// - Parameter origin: its own address, which the claim `aud` must be.
    public init(origin: String, seed: UInt64 = 1) {
        self.origin = origin
        identifiers = SeededChance(seed: seed)
    }

    public mutating func judge(_ request: SimulatorRequest, on connection: inout ConnectionMemory, now: Date) -> Verdict {
        let segments = request.segments
        if segments.count == 2, segments[0] == "m", request.method == "DELETE" { return Verdict(SimulatorReply(204), kind: .other) }
        guard segments.count == 2, segments[0] == "push", Self.isSubscription(segments[1]) else {
            return Verdict(WebPushRefusal(404, "UnknownSubscription").reply, kind: .other)
        }
        let targets = [String(segments[1])]
        guard request.method == "POST" else { return Verdict(WebPushRefusal(405, "MethodNotAllowed").reply, targets: targets) }
        do throws(WebPushRefusal) {
            let key = try sender(of: request, now: now)
            let ttl = try WebPushRefusal.checkHeaders(request)
            try WebPushRefusal.checkBody(request, senderKey: key)
            return Verdict(success(ttl: ttl), targets: targets)
        } catch {
            return Verdict(error.reply, targets: targets)
        }
    }

    private static func isSubscription(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.count <= 1024
            && text.utf8.allSatisfy {
                APNsVocabulary.isTopicByte($0) || [UInt8(ascii: "="), UInt8(ascii: ":"), UInt8(ascii: "%")].contains($0)
            }
    }

    private mutating func success(ttl: Int) -> SimulatorReply {
        let id = String(identifiers.next() as UInt64, radix: 36) + String(identifiers.next() as UInt64, radix: 36)
        return SimulatorReply(201, headers: [("location", "\(origin)/m/\(id)"), ("ttl", String(min(ttl, Self.maximumTTLSeconds)))])
    }

    /// The key of the sender whose token is good; verified once for each token.
    private mutating func sender(of request: SimulatorRequest, now: Date) throws(WebPushRefusal) -> [UInt8] {
        guard request.repeatedHeader(where: { $0 == "authorization" }) == nil else { throw .init(400, "DuplicateHeaders") }
        guard let text = request.header("authorization") else { throw .init(401, "MissingAuthorization") }
        guard text.prefix(6).lowercased() == "vapid " else { throw .init(401, "MissingAuthorization") }
        if let known = verified[text], now < known.expiresAt { return known.publicKey }
        do throws(WebPushError) {
            let authorization = try VAPIDAuthorization(authorization: text, cryptoKey: nil)
            let claims = try authorization.verify(audience: origin, now: now)
            if verified.count >= Self.keptTokens { verified = [:] }
            verified[text] = (authorization.publicKey, claims.expiresAt)
            return authorization.publicKey
        } catch {
            throw .init(403, "BadJwtToken", detail: error.description)
        }
    }
}

// Faults
extension WebPushSimulator {
    public mutating func refusal(status: Int, reason: String?) -> SimulatorReply {
        (200..<300).contains(status) ? success(ttl: 0) : WebPushRefusal(status, reason ?? WebPushRefusal.usualReason(status)).reply
    }

    public mutating func deathReply(dead: [String], of verdict: Verdict, since: Date, reason: String?) -> SimulatorReply {
        WebPushRefusal(410, reason ?? WebPushRefusal.usualReason(410)).reply
    }
}
