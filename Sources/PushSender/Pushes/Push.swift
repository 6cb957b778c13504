#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
public import WebPush

/// One accepted send request: notification × audience × policy.
public struct Push: Sendable, Hashable {
    public let id: PushID
    public let app: AppID
    public let audience: Audience
    public let notification: Notification
    public let policy: PushPolicy
    public let options: PushOptions
    public let createdAt: Date
    /// When the last device's turn comes, as far as that was known when the push was accepted: its TTL is counted from there.
    public let startsAt: Date
    /// Why no further device is to be sent it, when somebody has decided so.
    public var ending: PushEnding?

    public init(
        id: PushID, app: AppID, audience: Audience, notification: Notification, policy: PushPolicy,
        options: PushOptions = PushOptions(), createdAt: Date, startsAt: Date? = nil, ending: PushEnding? = nil
    ) {
        self.id = id
        self.app = app
        self.audience = audience
        self.notification = notification
        self.policy = policy
        self.options = options
        self.createdAt = createdAt
        self.startsAt = startsAt ?? createdAt
        self.ending = ending
    }

    func starting(at moment: Date) -> Push {
        Push(
            id: id, app: app, audience: audience, notification: notification, policy: policy, options: options,
            createdAt: createdAt, startsAt: moment, ending: ending)
    }

    public var expiresAt: Date { options.expiresAt ?? startsAt.addingTimeInterval(TimeInterval(policy.ttl.seconds)) }

    /// Whether it is too late for another attempt.
    ///
    /// TTL 0 says "now or never" to the push service, not to us: its one attempt may start a moment after the push was due.
    public func isExpired(at now: Date) -> Bool {
        policy.ttl.seconds > 0 ? now >= expiresAt : now >= startsAt.addingTimeInterval(Self.immediateGraceSeconds)
    }
    static let immediateGraceSeconds: TimeInterval = 30

    /// What is left of the TTL, for the provider. A push that has not expired has at least a second left, unless it asked for 0.
    public func remainingTTL(at now: Date) -> TTL {
        guard policy.ttl.seconds > 0 else { return policy.ttl }
        return TTL(seconds: min(policy.ttl.seconds, max(1, Int(expiresAt.timeIntervalSince(now).rounded(.up)))))
    }
}

/// Why a push goes to nobody any more.
public enum PushEnding: Sendable, Hashable {
    case cancelled
    /// A newer push with the same collapse key is for the same audience.
    case superseded(by: PushID)
}

/// How a push is to be sent.
public struct PushPolicy: Sendable, Hashable {
    /// How long the push is worth sending, counted from its acceptance.
    public var ttl: TTL
    public var urgency: Urgency
    /// Of undelivered pushes with the same key a device gets only the newest.
    public var collapseKey: String?

    /// Four weeks: what the common Web Push libraries ask for.
    public static let defaultTTL = TTL(seconds: 2_419_200)

    public init(ttl: TTL = Self.defaultTTL, urgency: Urgency = .normal, collapseKey: String? = nil) {
        self.ttl = ttl
        self.urgency = urgency
        self.collapseKey = collapseKey
    }
}
