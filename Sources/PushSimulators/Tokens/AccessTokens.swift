#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Access tokens that an OAuth endpoint gave out, until they expire.
struct AccessTokens: Sendable {
    enum Standing {
        case good
        case expired
        case unknown
    }

    let lifetimeSeconds: Int
    private let prefix: String
    private var expiries: [String: Date] = [:]
    private var chance: SeededChance

    init(prefix: String, lifetimeSeconds: Int, seed: UInt64) {
        self.prefix = prefix
        self.lifetimeSeconds = lifetimeSeconds
        chance = SeededChance(seed: seed)
    }

    mutating func issue(now: Date) -> String {
        if expiries.count > 10_000 { expiries = expiries.filter { $0.value > now } }
        let words = (0..<3).map { _ in String(chance.next() as UInt64, radix: 36) }
        let token = prefix + words.joined()
        expiries[token] = now.addingTimeInterval(Double(lifetimeSeconds))
        return token
    }

    func standing(of token: some StringProtocol, now: Date) -> Standing {
        guard let expiry = expiries[String(token)] else { return .unknown }
        return now < expiry ? .good : .expired
    }
}
