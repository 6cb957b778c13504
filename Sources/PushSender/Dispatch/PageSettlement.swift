#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import WebPush

/// Turns the outcomes of a page into its record. Pure: every device put in comes out in exactly one counter.
struct PageSettlement {
    private(set) var record: PageRecord
    /// A provider's complaint about our credentials, if there was one.
    private(set) var unauthorizedProblem: String?

    private let push: Push
    private let policy: RetryPolicy
    private let now: Date

    init(_ push: Push, provider: ProviderName, source: PageRecord.Source, policy: RetryPolicy, now: Date) {
        record = PageRecord(push: push.id, provider: provider, source: source, recordedAt: now)
        self.push = push
        self.policy = policy
        self.now = now
    }

    /// - Parameters:
    ///   - attemptsBefore: 0 for a first attempt, else what the retry row says.
    ///   - startedAt: when the attempt began; a registration since then outlives an `unregistered`.
    mutating func settle(
        _ device: DeviceID, _ outcome: Outcome, attemptsBefore: Int, startedAt: Date,
        random: inout some RandomNumberGenerator
    ) {
        if attemptsBefore > 0 { record.counters.retrying -= 1 }
        let end: End
        switch outcome {
        case .accepted:
            end = .accepted
        case .replaced(let token):
            record.moved.append(.init(device: device, token: token))
            end = .accepted
        case .unregistered(let since):
            record.dead.append(.init(device: device, asOf: since ?? startedAt))
            end = .badly(.unregistered, "the provider says that the device's token is no longer valid")
        case .rejected(let reason):
            end = .badly(.failed, reason)
        case .throttled(let until):
            let due = policy.nextAttempt(after: attemptsBefore + 1, notBefore: until, now: now, random: &random)
            end = later(due, attempts: attemptsBefore + 1, "throttled by the provider")
        case .unavailable(let until, let reason):
            let due = policy.nextAttempt(after: attemptsBefore + 1, notBefore: until, now: now, random: &random)
            end = later(due, attempts: attemptsBefore + 1, reason)
        case .unauthorized(let problem):
            unauthorizedProblem = problem
            let due = policy.nextAttemptAfterUnauthorized(now: now, random: &random)
            end = later(due, attempts: max(1, attemptsBefore), "credentials refused: \(problem)")
        }
        apply(end, to: device, wasRetry: attemptsBefore > 0)
    }

    /// Nobody goes on with the slice here: its lease is handed back.
    mutating func release() {
        guard case .slice(let slice, let isFinished, let given, _) = record.source else { return }
        record.source = .slice(slice, isFinished: isFinished, given: given, isReleased: true)
    }

    /// The push is no longer worth an attempt.
    mutating func expire(_ device: DeviceID, attemptsBefore: Int) {
        if attemptsBefore > 0 { record.counters.retrying -= 1 }
        apply(.badly(.expired, "the TTL ran out before an attempt"), to: device, wasRetry: attemptsBefore > 0)
    }

    /// The device was removed or disabled while its retry waited.
    mutating func lose(_ device: DeviceID) {
        record.counters.retrying -= 1
        apply(.badly(.unregistered, "the device was removed or disabled before the retry"), to: device, wasRetry: true)
    }

    private enum End {
        case accepted
        case badly(DeliveryFailure.Kind, String)
        case postponed(Date, attempts: Int)
    }

    private func later(_ due: Date, attempts: Int, _ reason: String) -> End {
        push.policy.ttl.seconds > 0 && due < push.expiresAt
            ? .postponed(due, attempts: attempts)
            : .badly(.expired, "no further attempt fits into the TTL; last answer: \(reason)")
    }

    private mutating func apply(_ end: End, to device: DeviceID, wasRetry: Bool) {
        switch end {
        case .accepted:
            record.counters.accepted += 1
        case .badly(let kind, let reason):
            record.counters[kind] += 1
            record.failures.append(.init(device: device, kind: kind, reason: reason, at: now))
        case .postponed(let due, let attempts):
            record.counters.retrying += 1
            record.postponed.append(.init(device: device, attempts: attempts, dueAt: due))
            return
        }
        if wasRetry { record.settled.append(device) }
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
