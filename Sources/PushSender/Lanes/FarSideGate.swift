#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Whether one far side may be sent to now. Pure: what came of attempts in, permission out.
struct FarSideGate: Sendable {
    enum Closing: Sendable, Equatable {
        case unavailable(until: Date)
        case throttled(until: Date)
        case unauthorized(until: Date, problem: String)
    }

    private var breaker: CircuitBreaker
    private var pausedUntil: Date?

    init(_ settings: CircuitBreaker.Settings) { breaker = CircuitBreaker(settings) }

    /// Nothing to remember.
    func isQuiet(now: Date) -> Bool { breaker.isClosed && (pausedUntil ?? now) <= now }

    /// When to ask again; nil when now.
    func closedUntil(now: Date) -> Date? {
        if let pausedUntil, pausedUntil > now { return pausedUntil }
        return breaker.closedAgain(now: now)
    }

    mutating func permit(_ wanted: Int, now: Date) -> Int {
        if let pausedUntil, pausedUntil > now { return 0 }
        return breaker.permit(wanted, now: now)
    }

    /// - Returns: why and until when it closed, if these attempts closed it.
    mutating func observe(
        _ tally: OutcomeTally, retry: RetryPolicy, now: Date, random: inout some RandomNumberGenerator
    ) -> Closing? {
        let opened = breaker.observe(
            answered: tally.answered + tally.throttled + tally.unauthorized, failed: tally.unavailable,
            notBefore: tally.notBefore, now: now, random: &random)
        // What was in the air when it closed says the same again: told once.
        let wasPaused = (pausedUntil ?? now) > now
        if let problem = tally.problem {
            let until = retry.nextAttemptAfterUnauthorized(now: now, random: &random)
            pausedUntil = until
            return wasPaused ? nil : .unauthorized(until: until, problem: problem)
        }
        if isMostlyThrottled(tally) {
            let until = retry.nextAttempt(after: 1, notBefore: tally.notBefore, now: now, random: &random)
            pausedUntil = until
            return wasPaused ? nil : .throttled(until: until)
        }
        return opened.map { .unavailable(until: $0) }
    }

    /// One busy device is its own affair; when most are refused, the far side means us.
    private func isMostlyThrottled(_ tally: OutcomeTally) -> Bool {
        tally.throttled >= 8 && tally.throttled * 2 > tally.attempts
    }
}
