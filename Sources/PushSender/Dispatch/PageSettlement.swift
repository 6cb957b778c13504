#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import WebPush

/// Turns the outcomes of a page into its record. Pure: every device put in comes out in exactly one counter.
struct PageSettlement {
    /// One device of the page.
    struct Target: Sendable {
        let device: DeviceID
        /// How many attempts there were before this one.
        let attempts: Int
        /// Whether it has a row, and so counts as retrying.
        let isWaiting: Bool
        /// As ``Recipient/platform``.
        var platform: String?

        var waiting: Target { Target(device: device, attempts: attempts, isWaiting: true, platform: platform) }
    }

    private(set) var record: PageRecord
    /// What devices came to, by their platform.
    private(set) var byPlatform: [String: PushCounters] = [:]

    private let push: Push
    private let policy: RetryPolicy
    private let now: Date

    init(_ push: Push, lane: Lane, source: PageRecord.Source, policy: RetryPolicy, now: Date) {
        record = PageRecord(push: push.id, lane: lane, source: source, recordedAt: now)
        self.push = push
        self.policy = policy
        self.now = now
    }

    /// - Parameters:
    ///   - startedAt: when the attempt began; a registration since then outlives an `unregistered`.
    ///   - mayDisable: false while too many devices of the lane die at once.
    mutating func settle(
        _ target: Target, _ outcome: Outcome, startedAt: Date, mayDisable: Bool,
        random: inout some RandomNumberGenerator
    ) {
        switch outcome {
        case .accepted:
            finish(target) { $0.accepted += 1 }
        case .replaced(let token):
            record.moved.append(.init(device: target.device, token: token))
            finish(target) { $0.accepted += 1 }
        case .unregistered(let since):
            if mayDisable { record.dead.append(.init(device: target.device, asOf: since ?? startedAt)) }
            fail(target, .unregistered, mayDisable ? Self.deadReason : Self.doubtfulReason)
        case .rejected(let reason):
            fail(target, .failed, reason)
        case .throttled(let until):
            let due = policy.nextAttempt(after: target.attempts + 1, notBefore: until, now: now, random: &random)
            postpone(target, due, attempts: target.attempts + 1, "throttled by the provider")
        case .unavailable(let until, let reason):
            let due = policy.nextAttempt(after: target.attempts + 1, notBefore: until, now: now, random: &random)
            postpone(target, due, attempts: target.attempts + 1, reason)
        case .unauthorized(let problem):
            let due = policy.nextAttemptAfterUnauthorized(now: now, random: &random)
            postpone(target, due, attempts: target.attempts, "credentials refused: \(problem)")
        }
    }

    private static let deadReason = "the provider says that the device's token is no longer valid"
    private static let doubtfulReason = """
    the provider says that the device's token is no longer valid, but says so of too many: the device stays active; check the \
    credentials and their environment
    """

    /// To be told once it is written, at `date`.
    func report(at date: Date) -> PageReport {
        PageReport(
            push: push, lane: record.lane, counters: record.counters, byPlatform: byPlatform,
            seconds: max(0, date.timeIntervalSince(now)))
    }

    /// Nobody goes on with the slice here before `dueAt`: its lease is handed back.
    mutating func release(_ release: PageRecord.Release = .until(nil)) {
        guard case .slice(let slice, let isFinished, let given, _) = record.source else { return }
        record.source = .slice(slice, isFinished: isFinished, given: given, release: release)
    }

    /// So many devices of the slice's audience were met by this page.
    /// - Parameter left: how many come after it, when nobody has counted them before.
    mutating func count(met: Int, left: Int?) {
        record.counters.queued = left ?? -met
    }

    /// The attempt is still in the air: a row holds its place, under our lease, until it has landed.
    mutating func leaveInFlight(_ target: Target, leaseUntil: Date) {
        guard !target.isWaiting else { return }
        record.counters.retrying += 1
        record.postponed.append(.init(device: target.device, attempts: target.attempts, dueAt: now, leaseUntil: leaseUntil))
    }

    /// No attempt was made, and none is to be made before `due`.
    mutating func hold(_ target: Target, until due: Date, _ reason: String = "the provider was out of reach") {
        postpone(target, due, attempts: target.attempts, reason)
    }

    /// The push goes to nobody any more.
    mutating func end(_ target: Target, _ ending: PushEnding) {
        switch ending {
        case .cancelled: finish(target) { $0.cancelled += 1 }
        case .superseded(let newer): drop(target, "superseded by the push \(newer.rawValue) with the same collapse key")
        }
    }

    /// A rule says that this device isn't to get it.
    mutating func drop(_ target: Target, _ reason: String) {
        record.drops[reason, default: 0] += 1
        finish(target) { $0.dropped += 1 }
    }

    /// The push is no longer worth an attempt.
    mutating func expire(_ target: Target) { fail(target, .expired, "the TTL ran out before an attempt") }

    /// The device was removed or disabled while its retry waited.
    mutating func lose(_ target: Target) {
        fail(target, .unregistered, "the device was removed or disabled before the retry")
    }

    private mutating func postpone(_ target: Target, _ due: Date, attempts: Int, _ reason: String) {
        guard push.policy.ttl.seconds > 0, due < push.expiresAt else {
            return fail(target, .expired, "no further attempt fits into the TTL; last answer: \(reason)")
        }
        if let limit = push.options.attempts, attempts >= limit {
            return fail(target, .failed, "no attempt of \(limit) is left; last answer: \(reason)")
        }
        if !target.isWaiting { record.counters.retrying += 1 }
        record.postponed.append(.init(device: target.device, attempts: attempts, dueAt: due))
    }

    private mutating func fail(_ target: Target, _ kind: DeliveryFailure.Kind, _ reason: String) {
        record.failures.append(.init(device: target.device, kind: kind, reason: reason, at: now))
        finish(target) { $0[kind] += 1 }
    }

    private mutating func finish(_ target: Target, _ count: (inout PushCounters) -> Void) {
        count(&record.counters)
        count(&byPlatform[target.platform ?? "", default: PushCounters()])
        guard target.isWaiting else { return }
        record.counters.retrying -= 1
        record.settled.append(target.device)
    }
}

extension PushCounters {
    subscript(kind: DeliveryFailure.Kind) -> Int {
        get {
            switch kind {
            case .failed: failed
            case .expired: expired
            case .unregistered: unregistered
            }
        }
        set {
            switch kind {
            case .failed: failed = newValue
            case .expired: expired = newValue
            case .unregistered: unregistered = newValue
            }
        }
    }
}
