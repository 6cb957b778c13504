import PushSender
import WebPush

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Members of `notifications` as pushes. Their fields are pieces of the providers' own messages, and are put together to one, byte for byte
/// where they are JSON.
struct GorushTranslation: Sendable {
    let platforms: GorushPlatforms
    /// The APNs environment of what names none.
    let isProduction: Bool
    let now: Date

    static let front = "gorush"
    /// Huawei's and Google's limit, which gorush has.
    private static let tokenLimit = 500

    /// What a member comes to.
    struct Sending: Sendable {
        let platform: GorushPlatform
        /// More than one where there are more tokens than a push may name.
        let requests: [PushRequest]
        /// As gorush counts: tokens, and one for a topic.
        let count: Int
    }

    /// - Returns: nil for a platform or an app that there are no credentials for.
    /// - Throws: ``GorushProblem`` that names the field.
    func sending(_ fields: GorushFields) throws(GorushProblem) -> Sending? {
        guard let number = try fields.integer("platform"), number != 0 else { throw .missing }
        guard let platform = GorushPlatform(rawValue: number) else {
            throw fields.wrong("platform", "it is 1 (iOS), 2 (Android) or 3 (Huawei), not \(number)")
        }
        let tokens = try fields.texts("tokens"), others = platform == .ios ? [] : try targets(fields)
        // Go's clients write null where there is a topic alone.
        guard tokens != nil || !others.isEmpty else { throw .missing }
        guard platform == .ios || (tokens ?? []).count <= Self.tokenLimit else {
            throw fields.wrong("tokens", "\(tokens?.count ?? 0) are more than the \(Self.tokenLimit) of one notification; make several")
        }
        switch platform {
        case .ios: return try ios(fields, tokens ?? [])
        case .android: return try android(fields, tokens ?? [])
        case .huawei: return try huawei(fields, tokens ?? [])
        }
    }

    /// What a member is for beside its tokens, at Google's or Huawei's.
    func targets(_ fields: GorushFields) throws(GorushProblem) -> [Token] {
        var targets: [Token] = []
        if let to = try fields.text("to") { targets.append(Token(address: to, kind: to.hasPrefix("/topics/") ? RawToken.topicKind : "")) }
        if let topic = try fields.text("topic") { targets.append(Token(address: topic, kind: RawToken.topicKind)) }
        if let condition = try fields.text("condition") { targets.append(Token(address: condition, kind: RawToken.conditionKind)) }
        return targets
    }

    // MARK: What all platforms have

    /// - Parameters:
    ///   - policy: what the platform adds to it.
    ///   - isUrgent: false for what mustn't be.
    func sending(
        _ fields: GorushFields, _ platform: GorushPlatform, to tokens: [Token], _ notification: PushSender.Notification,
        policy: PushPolicy = PushPolicy(), expiresAt: Date? = nil, isUrgent: Bool = true
    ) throws(GorushProblem) -> Sending {
        var policy = policy, notification = notification, options = PushOptions()
        if isUrgent, try fields.text("priority") == "high" { policy.urgency = .high }
        options.expiresAt = expiresAt
        options.origin = PushOrigin(front: Self.front, reference: try fields.text("notif_id") ?? "")
        if let retry = try fields.integer("retry"), retry > 0 { options.attempts = min(retry, 1_000_000) + 1 }
        // For people, and for the feedback: what is sent is the provider's own section.
        notification.title = try fields.text("title")
        notification.body = try fields.text("message")
        let hasTopic = try fields.text("topic") != nil
        let devices = tokens.count { $0.kind != RawToken.topicKind && $0.kind != RawToken.conditionKind }
        return Sending(
            platform: platform, requests: Self.requests(platform, tokens, notification, policy, options),
            count: devices + (hasTopic ? 1 : 0))
    }

    private static func requests(
        _ platform: GorushPlatform, _ tokens: [Token], _ notification: PushSender.Notification, _ policy: PushPolicy, _ options: PushOptions
    ) -> [PushRequest] {
        let limit = PushLimits().audienceNames
        return stride(from: 0, to: tokens.count, by: limit).map { start in
            let some = tokens[start..<min(start + limit, tokens.count)]
            // Providers aren't asked beforehand: what one would never take fails for its tokens, not for the others of the request.
            return PushRequest(
                app: .default, audience: Audience(tokens: some.map { RawToken(provider: platform.provider, token: $0) }),
                notification: notification, drafts: [], policy: policy, options: options)
        }
    }

    /// - Returns: nil where there is no such key, or it is longer than ours may be.
    func collapseKey(_ key: String?) -> String? {
        key.flatMap { $0.utf8.count <= PushLimits().collapseKeyBytes ? $0 : nil }
    }

    /// At most as long as the core keeps anything.
    func ttl(_ seconds: Int?) -> TTL {
        seconds.map { TTL(seconds: min(max($0, 0), PushLimits().ttlSeconds)) } ?? PushPolicy.defaultTTL
    }
}
