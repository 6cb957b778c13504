import Foundation
import PushTesting

@testable import PushSender

/// One gate, asked and told at random by a lane that obeys it.
struct FarSideWalk {
    /// What follows from all that the gate has said.
    private enum Belief {
        case unknown
        case leftAlone(until: Date)
        case tried(since: Date)

        func nobodyUntil(_ settings: CircuitBreaker.Settings) -> Date? {
            switch self {
            case .unknown: nil
            case .leftAlone(let until): until
            case .tried(let since): since.addingTimeInterval(settings.probeSeconds)
            }
        }
    }

    private let settings = CircuitBreaker.Settings(minimumAttempts: 4, capSeconds: 40, probeDevices: 3, probeSeconds: 30)
    private let retry = RetryPolicy(baseSeconds: 2, capSeconds: 60, unauthorizedSeconds: 20)
    private var random: SeededGenerator
    private var gate: FarSideGate
    private var now = Date(timeIntervalSince1970: 1_800_000_000)
    /// What was let through, and hasn't been answered.
    private var inFlight: [Int] = []
    private var belief = Belief.unknown
    private(set) var violations: [String] = []

    /// The longest that a gate may stay closed by itself: what the far side asked for, and the longest rest on top.
    private let longestSeconds: Double = 20 + 40

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        gate = FarSideGate(settings)
    }

    mutating func run(steps: Int) {
        for _ in 0..<steps where violations.isEmpty {
            now += Double.random(in: 0...3, using: &random)
            if Bool.random(using: &random) { ask() } else { tell() }
        }
        mustOpenAgain()
    }

    private mutating func ask() {
        let wanted = Int.random(in: 1...10, using: &random), until = gate.closedUntil(now: now)
        let permitted = gate.permit(wanted, now: now)
        if permitted > 0 { inFlight.append(permitted) }
        if let until {
            demand(permitted == 0, "\(permitted) pass though it says to ask again at \(until)")
            demand(until > now && until.timeIntervalSince(now) <= longestSeconds, "closed for all too long")
        }
        guard let nobodyUntil = belief.nobodyUntil(settings) else { return }
        demand(now >= nobodyUntil || permitted == 0, "\(permitted) pass while \(belief)")
        demand(permitted <= settings.probeDevices, "\(permitted) try whether it is back")
        if permitted > 0 { belief = .tried(since: now) }
    }

    private mutating func tell() {
        guard let index = inFlight.indices.randomElement(using: &random) else { return }
        var tally = OutcomeTally()
        for _ in 0..<inFlight.remove(at: index) { tally.add(outcome()) }
        let closing = gate.observe(tally, retry: retry, now: now, random: &random)
        let isClosed = gate.closedUntil(now: now) != nil
        demand(closing == nil || isClosed, "it says that it closed, and is open")
        if case .unavailable(let until) = closing {
            belief = .leftAlone(until: until)
        } else if case .tried = belief {
            belief = .unknown
        }
    }

    private mutating func outcome() -> Outcome {
        let until = Bool.random(using: &random) ? nil : now.addingTimeInterval(Double.random(in: -20...20, using: &random))
        return switch Int.random(in: 0..<12, using: &random) {
        case 0..<8: .unavailable(until: until, reason: "down")
        case 8, 9: .throttled(until: until)
        case 10: Int.random(in: 0..<5, using: &random) == 0 ? .unauthorized(problem: "key") : .unavailable(until: until, reason: "down")
        default: .accepted(id: nil)
        }
    }

    /// Answers that never come must not keep it closed for good.
    private mutating func mustOpenAgain() {
        now += longestSeconds + settings.probeSeconds
        let isOpen = gate.closedUntil(now: now) == nil, permitted = gate.permit(1, now: now)
        demand(isOpen && permitted == 1, "closed for good")
    }

    private mutating func demand(_ holds: Bool, _ otherwise: String) {
        if !holds { violations.append(otherwise) }
    }
}
