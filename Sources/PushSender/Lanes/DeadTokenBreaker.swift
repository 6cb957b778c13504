#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Stops disabling devices when more of them die at once than can be true: then rather the lane's credentials or environment are wrong.
struct DeadTokenBreaker: Sendable {
    struct Settings: Sendable {
        /// The share of a window's attempts that may be called dead. 1 switches the breaker off.
        var share = 0.3
        /// So many may always die.
        var minimumDead = 30
        var windowSeconds: Double = 600
    }

    private let settings: Settings
    private var windowStart: Date?
    private var attempts = 0
    private var dead = 0
    private(set) var isTripped = false

    init(_ settings: Settings) { self.settings = settings }

    /// Judges a page before it is recorded.
    /// - Returns: whether its dead tokens may be disabled, and whether this page is the one that tripped the breaker.
    mutating func judge(attempts: Int, dead: Int, now: Date) -> (mayDisable: Bool, hasJustTripped: Bool) {
        startWindowIfDue(now)
        self.attempts += attempts
        self.dead += dead
        guard !isTripped else { return (false, false) }
        isTripped = self.dead > settings.minimumDead && Double(self.dead) > settings.share * Double(self.attempts)
        return (!isTripped, isTripped)
    }

    private mutating func startWindowIfDue(_ now: Date) {
        if let windowStart, now.timeIntervalSince(windowStart) < settings.windowSeconds { return }
        windowStart = now
        attempts = 0
        dead = 0
        isTripped = false
    }
}
