#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Where a webhook stands: it goes on, waits for another attempt, or has been disabled. Asked with what the far side answered, it says
/// what is next.
public struct WebhookProgress: Sendable, Hashable {
    /// Everything up to here has been taken.
    public var position: EventPosition
    /// In a row.
    public var failures = 0
    /// Since when there was no success.
    public var failingSince: Date?
    /// What is wrong; nil when the last attempt succeeded.
    public var problem: String?
    /// Nothing is sent before.
    public var dueAt: Date
    /// Since when nothing is sent any more, until somebody puts the webhook again.
    public var disabledAt: Date?

    public init(position: EventPosition, dueAt: Date) {
        self.position = position
        self.dueAt = dueAt
    }

    /// - Parameters:
    ///   - end: the place up to which the batch told.
    public mutating func hear(
        _ answer: WebhookAnswer, through end: EventPosition, policy: WebhookPolicy, now: Date,
        random: inout some RandomNumberGenerator
    ) {
        switch answer {
        case .taken:
            self = WebhookProgress(position: end, dueAt: now)
        case .gone:
            fail("it answered 410 Gone", now)
            disabledAt = now
        case .failed(let problem, let notBefore):
            fail(problem, now)
            dueAt = policy.retry.nextAttempt(after: failures, notBefore: notBefore, now: now, random: &random)
            if let failingSince, now.timeIntervalSince(failingSince) >= policy.patienceSeconds { disabledAt = now }
        }
    }

    private mutating func fail(_ problem: String, _ now: Date) {
        failures += 1
        failingSince = failingSince ?? now
        self.problem = problem
    }
}

/// What came of one request to a webhook.
public enum WebhookAnswer: Sendable, Hashable {
    case taken
    /// It says that it will never take anything again.
    case gone
    /// - Parameter notBefore: when it wants to be asked again.
    case failed(problem: String, notBefore: Date? = nil)

    /// - Parameter notBefore: its `Retry-After`.
    public init(status: Int, notBefore: Date?) {
        switch status {
        case 200...299: self = .taken
        case 410: self = .gone
        case 300...399:
            self = .failed(problem: "it answered \(status); redirects aren't followed, give its final address", notBefore: notBefore)
        default: self = .failed(problem: "it answered \(status)", notBefore: notBefore)
        }
    }
}

public struct WebhookPolicy: Sendable {
    public var retry = RetryPolicy(baseSeconds: 5, capSeconds: 4 * 3600)
    /// After failing for so long it is disabled. Shorter than events are kept, so that nothing is lost to whoever mends it at once.
    public var patienceSeconds: Double = 3 * 86_400

    public init() {}
}
