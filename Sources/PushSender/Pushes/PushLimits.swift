import WebPush

public struct PushLimits: Sendable {
    /// Devices, users and topics named by one push.
    public var audienceNames = 1000
    /// Four weeks: the longest that FCM keeps anything.
    public var ttlSeconds = 2_419_200
    /// How far ahead `expires_at` may be: four weeks after the last moment that a push can be scheduled for, and a few days.
    public var expiryDays = 400
    /// APNs's limit, the tightest.
    public var collapseKeyBytes = 64

    public init() {}
}

extension PushLimits {
    func check(_ policy: PushPolicy) throws(PushProblem) {
        guard policy.ttl.seconds <= ttlSeconds else {
            throw PushProblem(
                .invalidField, field: "ttl", "\(policy.ttl.seconds) s is more than the limit of \(ttlSeconds) s; choose a shorter time")
        }
        guard (policy.collapseKey ?? "x").utf8.count <= collapseKeyBytes, policy.collapseKey != "" else {
            throw PushProblem(.invalidField, field: "collapse_key", "give 1 to \(collapseKeyBytes) bytes, or leave it out")
        }
    }
}

extension Notification {
    func checkHasContent() throws(PushProblem) {
        guard isEmpty else { return }
        throw PushProblem(.invalidField, field: "notification", "there is nothing to show: give at least a title, a body or data")
    }
}
