import Foundation

@testable import PushSender

/// The far sides, each in a mood of its own, which changes.
struct SimulatedProvider {
    enum Mood: CaseIterable { case well, flaky, down, throttling, refusing, deadly }

    private var moods: [String: Mood] = [:]

    /// A push with a collapse key is for tokens of that sort alone.
    static func suits(_ push: Push, _ token: Token) -> Bool { push.policy.collapseKey.map { $0 == token.kind } ?? true }

    /// One lane is many far sides: its tokens begin with whose they are.
    static func farSide(of token: Token, in lane: Lane) -> String? {
        lane.provider == .webPush ? String(token.address.prefix(1)) : nil
    }

    mutating func changeMood(_ random: inout some RandomNumberGenerator) {
        moods["abc".map(String.init).randomElement(using: &random) ?? ""] = Mood.allCases.randomElement(using: &random)
        if Bool.random(using: &random) { moods[""] = Mood.allCases.randomElement(using: &random) }
    }

    mutating func getWell() { moods = [:] }

    func outcome(for token: Token, in lane: Lane, now: Date, _ random: inout some RandomNumberGenerator) -> Outcome {
        let soon = Bool.random(using: &random) ? nil : now.addingTimeInterval(Double(Int.random(in: 0...40, using: &random)))
        let since = Bool.random(using: &random) ? nil : now.addingTimeInterval(-Double(Int.random(in: 0...200, using: &random)))
        let isSpared = Int.random(in: 0..<8, using: &random) == 0
        switch isSpared ? .well : moods[Self.farSide(of: token, in: lane) ?? ""] ?? .well {
        case .well: return ordinary(token, since, &random)
        case .flaky: return Bool.random(using: &random) ? .unavailable(until: soon, reason: "flaky") : ordinary(token, since, &random)
        case .down: return .unavailable(until: soon, reason: "down")
        case .throttling: return .throttled(until: soon)
        case .refusing: return .unauthorized(problem: "no such key")
        case .deadly: return .unregistered(since: since)
        }
    }

    private func ordinary(_ token: Token, _ since: Date?, _ random: inout some RandomNumberGenerator) -> Outcome {
        switch Int.random(in: 0..<20, using: &random) {
        case 0: .rejected(reason: "too large")
        case 1: .unregistered(since: since)
        case 2: .replaced(token: Token(address: token.address + "'", environment: token.environment, kind: token.kind))
        default: .accepted(id: nil)
        }
    }
}
