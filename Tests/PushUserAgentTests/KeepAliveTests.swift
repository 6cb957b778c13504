import Foundation
import Testing

@testable import PushUserAgent

/// What a network's answers to silence teach.
struct KeepAliveTests {
    private let rules = KeepAliveRules()
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    @Test func itGrowsAfterSomeSuccesses() {
        var network = KeepAlive(rules)
        #expect(network.intervalSeconds == 55)
        succeed(&network, times: 2)
        #expect(network.intervalSeconds == 55)
        succeed(&network)
        #expect(network.intervalSeconds == 68.75)
        #expect(network.provenSeconds == 55)
    }

    @Test func itNeverGrowsPastTheHighestNorFallsBelowTheLowest() {
        var network = KeepAlive(rules)
        succeed(&network, times: 100)
        #expect(network.intervalSeconds == 1800)
        for _ in 0..<100 { _ = network.broke(afterSilenceOf: network.intervalSeconds, rules, now: now) }
        #expect(network.intervalSeconds >= 46)
        var strict = KeepAlive(rules)
        _ = strict.broke(afterSilenceOf: 55, rules, now: now)
        #expect(strict.intervalSeconds == 46)
    }

    @Test func aSilenceThatIsNotBorneBringsItBelowTheLastGoodOne() {
        var network = KeepAlive(rules)
        succeed(&network, times: 3)
        let isNew = network.broke(afterSilenceOf: 60, rules, now: now)
        #expect(isNew)
        #expect(network.intervalSeconds == 55 * 0.95)
    }

    @Test func thenItHoldsForADay() {
        var network = KeepAlive(rules)
        succeed(&network, times: 3)
        _ = network.broke(afterSilenceOf: 68.75, rules, now: now)
        succeed(&network, times: 10, at: now + 86_399)
        #expect(network.intervalSeconds == 55 * 0.95)
        succeed(&network, at: now + 86_401)
        #expect(network.intervalSeconds > 55)
    }

    @Test func aShortSilenceTeachesNothing() {
        var network = KeepAlive(rules)
        succeed(&network, times: 3)
        let isNew = network.broke(afterSilenceOf: 30, rules, now: now)
        #expect(!isNew)
        #expect(network.intervalSeconds == 68.75)
    }

    @Test func successesOfDifferentConnectionsDoNotAddUp() {
        var network = KeepAlive(rules)
        succeed(&network, times: 2)
        network.begin(rules)
        succeed(&network, times: 2)
        #expect(network.intervalSeconds == 55)
    }

    @Test func whatWasProvenAndFailsTwiceIsAnotherNetwork() {
        var network = KeepAlive(rules)
        succeed(&network, times: 30)
        let grown = network.intervalSeconds
        _ = network.broke(afterSilenceOf: network.provenSeconds ?? 0, rules, now: now)
        #expect(network.intervalSeconds == grown || network.intervalSeconds == grown * 0.95)
        _ = network.broke(afterSilenceOf: network.intervalSeconds, rules, now: now)
        _ = network.broke(afterSilenceOf: network.intervalSeconds, rules, now: now)
        #expect(network.intervalSeconds <= 55)
    }

    @Test func aSuccessInBetweenMakesItTheSameNetworkStill() {
        var network = KeepAlive(rules)
        succeed(&network, times: 3)
        _ = network.broke(afterSilenceOf: 68.75, rules, now: now)
        succeed(&network)
        let good = network.intervalSeconds
        _ = network.broke(afterSilenceOf: good, rules, now: now)
        #expect(network.intervalSeconds == good * 0.95)
    }

    @Test func stricterRulesHoldForWhatWasLearnedBefore() {
        var network = KeepAlive(rules)
        succeed(&network, times: 100)
        network.begin(KeepAliveRules(maximumSeconds: 300))
        #expect(network.intervalSeconds == 300)
    }

    @Test func itIsTheSameAfterARestart() throws {
        var network = KeepAlive(rules)
        succeed(&network, times: 3)
        _ = network.broke(afterSilenceOf: 68.75, rules, now: now)
        let again = try JSONDecoder().decode(KeepAlive.self, from: JSONEncoder().encode(network))
        #expect(again.intervalSeconds == network.intervalSeconds)
        #expect(again.provenSeconds == network.provenSeconds)
        #expect(again.heldUntil == network.heldUntil)
    }

    private func succeed(_ network: inout KeepAlive, times: Int = 1, at date: Date? = nil) {
        for _ in 0..<times { _ = network.survived(rules, now: date ?? now) }
    }
}
