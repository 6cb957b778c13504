#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// How long one network lets a connection be silent: learned, so that a device wakes its radio as rarely as that network allows.
///
/// Only true silence teaches: the pings that come after a whole interval without a byte in either direction. The interval grows
/// after some successes. A silence that the network doesn't bear brings it back below the longest one that was borne, for a day.
/// When that isn't borne any more either, twice in a row, it is another network by the same name, and learning begins anew.
public struct KeepAlive: Sendable, Hashable {
    /// Silence after which a ping is due.
    public private(set) var intervalSeconds: Double
    /// The longest silence that this network bore; nil before the first.
    public private(set) var provenSeconds: Double?
    /// Until when no longer silence is tried.
    public private(set) var heldUntil: Date?
    private var successes = 0
    private var failures = 0

    /// Of a network that nobody knows yet.
    public init(_ rules: KeepAliveRules) { intervalSeconds = rules.bounded(rules.startSeconds) }

    /// As it was learned earlier.
    init(intervalSeconds: Double, provenSeconds: Double?, heldUntil: Date?) {
        self.intervalSeconds = intervalSeconds
        self.provenSeconds = provenSeconds
        self.heldUntil = heldUntil
    }

    /// A connection begins: what the last one was about to prove proves nothing for this one.
    mutating func begin(_ rules: KeepAliveRules) {
        intervalSeconds = rules.bounded(intervalSeconds)
        successes = 0
    }

    /// A ping after a whole interval of silence was answered.
    ///
    /// - Returns: whether there is something new to remember.
    mutating func survived(_ rules: KeepAliveRules, now: Date) -> Bool {
        failures = 0
        successes += 1
        let before = self
        provenSeconds = max(provenSeconds ?? 0, intervalSeconds)
        grow(rules, now: now)
        return before.intervalSeconds != intervalSeconds || before.provenSeconds != provenSeconds
    }

    private mutating func grow(_ rules: KeepAliveRules, now: Date) {
        if let heldUntil, now < heldUntil { return }
        guard successes >= rules.successesToGrow else { return }
        heldUntil = nil
        successes = 0
        intervalSeconds = rules.bounded(intervalSeconds * rules.growth)
    }

    /// The connection was found dead after a silence of this length.
    ///
    /// A silence that was borne before says nothing about the network's patience, unless it was a whole interval.
    ///
    /// - Returns: whether there is something new to remember.
    mutating func broke(afterSilenceOf seconds: Double, _ rules: KeepAliveRules, now: Date) -> Bool {
        successes = 0
        let isTrial = seconds > (provenSeconds ?? rules.minimumSeconds)
        guard isTrial || seconds >= intervalSeconds else { return false }
        failures += 1
        heldUntil = now + rules.holdSeconds
        if failures > 1, !isTrial {
            self = Self(rules)
        } else {
            intervalSeconds = rules.bounded((isTrial ? provenSeconds ?? rules.minimumSeconds : intervalSeconds) * rules.retreat)
        }
        return true
    }
}

extension KeepAlive: Codable {
    private enum CodingKeys: String, CodingKey {
        case intervalSeconds = "interval_seconds"
        case provenSeconds = "proven_seconds"
        case heldUntil = "held_until"
    }

    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            intervalSeconds: try fields.decode(Double.self, forKey: .intervalSeconds),
            provenSeconds: try fields.decodeIfPresent(Double.self, forKey: .provenSeconds),
            heldUntil: try fields.decodeIfPresent(Double.self, forKey: .heldUntil).map(Date.init(timeIntervalSince1970:)))
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(intervalSeconds, forKey: .intervalSeconds)
        try fields.encodeIfPresent(provenSeconds, forKey: .provenSeconds)
        try fields.encodeIfPresent(heldUntil?.timeIntervalSince1970, forKey: .heldUntil)
    }
}
