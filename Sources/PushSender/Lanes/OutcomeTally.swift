#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a page's outcomes say about the far side.
struct OutcomeTally: Sendable, Equatable {
    /// Any answer that shows the far side at work.
    private(set) var answered = 0
    private(set) var unavailable = 0
    private(set) var throttled = 0
    private(set) var unauthorized = 0
    private(set) var dead = 0
    /// The latest moment that the far side named.
    private(set) var notBefore: Date?
    private(set) var problem: String?

    var attempts: Int { answered + unavailable + throttled + unauthorized }

    mutating func add(_ outcome: Outcome) {
        switch outcome {
        case .accepted, .replaced, .rejected:
            answered += 1
        case .unregistered:
            answered += 1
            dead += 1
        case .throttled(let until):
            throttled += 1
            hear(until)
        case .unavailable(let until, _):
            unavailable += 1
            hear(until)
        case .unauthorized(let problem):
            unauthorized += 1
            self.problem = problem
        }
    }

    private mutating func hear(_ until: Date?) {
        guard let until else { return }
        notBefore = max(notBefore ?? until, until)
    }
}
