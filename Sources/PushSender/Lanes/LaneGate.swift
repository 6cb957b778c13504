#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One lane's circuit breakers and caution about dead tokens. Pure.
struct LaneGate: Sendable {
    /// The far side of lanes that have only one.
    static let onlyFarSide = ""

    private let breakerSettings: CircuitBreaker.Settings
    private var deadTokens: DeadTokenBreaker
    /// Those that are in trouble; the others have nothing to remember. Bounded: see `forget`.
    private var farSides: [String: FarSideGate] = [:]

    init(_ settings: LaneSettings, breaker: CircuitBreaker.Settings = .init()) {
        breakerSettings = breaker
        deadTokens = DeadTokenBreaker(.init(share: settings.deadShare, minimumDead: settings.deadMinimum))
    }

    /// When the lane may be tried again as a whole; nil when now.
    func closedUntil(now: Date) -> Date? { farSides[Self.onlyFarSide]?.closedUntil(now: now) }

    /// Asks to attempt some devices of a lane that isn't closed.
    mutating func admit(_ devices: Int, now: Date) -> Int { permit(devices, farSide: Self.onlyFarSide, now: now) }

    var hasTroubledFarSides: Bool { !farSides.isEmpty }

    mutating func permit(_ wanted: Int, farSide: String, now: Date) -> Int {
        farSides[farSide]?.permit(wanted, now: now) ?? wanted
    }

    func closedUntil(farSide: String, now: Date) -> Date? { farSides[farSide]?.closedUntil(now: now) }

    mutating func observe(
        _ tally: OutcomeTally, farSide: String, retry: RetryPolicy, now: Date, random: inout some RandomNumberGenerator
    ) -> FarSideGate.Closing? {
        if farSides[farSide] == nil, tally.answered == tally.attempts { return nil }
        var gate = farSides[farSide] ?? FarSideGate(breakerSettings)
        let closing = gate.observe(tally, retry: retry, now: now, random: &random)
        farSides[farSide] = gate.isQuiet(now: now) && tally.answered == tally.attempts ? nil : gate
        forget(now)
        return closing
    }

    mutating func judgeDeadTokens(attempts: Int, dead: Int, now: Date) -> (mayDisable: Bool, hasJustTripped: Bool) {
        deadTokens.judge(attempts: attempts, dead: dead, now: now)
    }

    private static let farSideLimit = 4096

    /// Strangers choose the endpoints, and so how many far sides there are.
    private mutating func forget(_ now: Date) {
        guard farSides.count > Self.farSideLimit else { return }
        farSides = farSides.filter { !$0.value.isQuiet(now: now) }
        if farSides.count > Self.farSideLimit { farSides.removeAll() }
    }
}
