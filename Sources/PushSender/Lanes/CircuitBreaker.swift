#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Stops asking a far side that doesn't answer, and finds out with a few devices when it does again.
struct CircuitBreaker: Sendable {
    struct Settings: Sendable {
        /// How many attempts there must be before they are judged.
        var minimumAttempts = 20
        /// The share of them that must have gone unanswered.
        var failedShare = 0.8
        /// How long the far side is left alone at first; doubled each time it still doesn't answer.
        var baseSeconds: Double = 2
        var capSeconds: Double = 300
        /// How many devices try whether the far side is back.
        var probeDevices = 10
        /// A probe that nobody has heard of for so long is given up.
        var probeSeconds: Double = 30
    }

    private enum State {
        /// Attempts go through.
        case closed(attempts: Int, failures: Int)
        /// None does.
        case open(until: Date, openings: Int)
        /// A few are on their way.
        case probing(since: Date, openings: Int)
    }

    private let settings: Settings
    private var state = State.closed(attempts: 0, failures: 0)

    init(_ settings: Settings) { self.settings = settings }

    var isClosed: Bool { if case .closed = state { true } else { false } }

    /// When it makes sense to ask ``permit(_:now:)`` again; nil when now.
    func closedAgain(now: Date) -> Date? {
        switch state {
        case .closed: nil
        case .open(let until, _): until > now ? until : nil
        case .probing(let since, _): now.timeIntervalSince(since) < settings.probeSeconds ? now.addingTimeInterval(1) : nil
        }
    }

    /// - Returns: how many of the wanted attempts may be made now.
    mutating func permit(_ wanted: Int, now: Date) -> Int {
        if case .closed = state { return wanted }
        guard closedAgain(now: now) == nil else { return 0 }
        state = .probing(since: now, openings: openings)
        return min(wanted, settings.probeDevices)
    }

    /// - Parameters:
    ///   - answered: attempts that got any answer that shows the far side at work.
    ///   - failed: attempts that got none, or its "I can't".
    ///   - notBefore: when the far side wants to be asked again.
    /// - Returns: until when it opened, if these attempts opened it.
    mutating func observe(
        answered: Int, failed: Int, notBefore: Date?, now: Date, random: inout some RandomNumberGenerator
    ) -> Date? {
        switch state {
        case .closed(let attempts, let failures):
            let attempts = attempts + answered + failed, failures = failures + failed
            guard attempts >= settings.minimumAttempts else {
                state = .closed(attempts: attempts, failures: failures)
                return nil
            }
            guard Double(failures) >= settings.failedShare * Double(attempts) else {
                state = .closed(attempts: 0, failures: 0)
                return nil
            }
            return open(1, notBefore, now, &random)
        case .probing(_, let openings):
            guard answered == 0, failed > 0 else {
                state = .closed(attempts: 0, failures: 0)
                return nil
            }
            return open(openings + 1, notBefore, now, &random)
        case .open:
            // From attempts that were in the air when it opened: they say nothing new.
            return nil
        }
    }

    private var openings: Int {
        switch state {
        case .closed: 0
        case .open(_, let openings), .probing(_, let openings): openings
        }
    }

    private mutating func open(
        _ openings: Int, _ notBefore: Date?, _ now: Date, _ random: inout some RandomNumberGenerator
    ) -> Date {
        let ceilingSeconds = min(settings.capSeconds, settings.baseSeconds * Double(1 << min(openings - 1, 20)))
        let until = max(notBefore ?? now, now)
            .addingTimeInterval(Double.random(in: ceilingSeconds / 2...ceilingSeconds, using: &random))
        state = .open(until: until, openings: openings)
        return until
    }
}
