import Foundation
import Testing

@testable import PushUserAgent

struct ReconnectPolicyTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    @Test func theCeilingDoublesUpToTheCap() {
        var policy = ReconnectPolicy(baseSeconds: 1, capSeconds: 60)
        var highest = Dice(.max)
        let delays = (0..<9).map { _ in
            policy.delaySeconds(greetedAt: nil, now: now, random: &highest).rounded()
        }
        #expect(delays == [1, 2, 4, 8, 16, 32, 60, 60, 60])
    }

    @Test func theJitterIsFull() {
        var policy = ReconnectPolicy()
        var lowest = Dice(0)
        for _ in 0..<9 { #expect(policy.delaySeconds(greetedAt: nil, now: now, random: &lowest) == 0) }
    }

    @Test func onlyAConnectionThatSurvivedStartsTheCountAnew() {
        var policy = ReconnectPolicy()
        var highest = Dice(.max)
        for _ in 0..<4 { _ = policy.delaySeconds(greetedAt: nil, now: now, random: &highest) }
        #expect(policy.delaySeconds(greetedAt: now - 9.9, now: now, random: &highest).rounded() == 16)
        #expect(policy.delaySeconds(greetedAt: now - 10, now: now, random: &highest).rounded() == 1)
    }

    @Test func aServerThatAsksForPeaceGetsIt() {
        var policy = ReconnectPolicy()
        var lowest = Dice(0)
        #expect(policy.delaySeconds(greetedAt: now - 60, closeCode: 4774, now: now, random: &lowest) == 300)
    }

    @Test(arguments: [1012, 1013])
    func aServerThatRestartsOrIsBusyIsNotRushed(code: Int) {
        var (lowest, highest) = (Dice(0), Dice(.max))
        var policy = ReconnectPolicy()
        #expect(policy.delaySeconds(greetedAt: now - 60, closeCode: code, now: now, random: &lowest) == 1)
        #expect(policy.delaySeconds(greetedAt: now - 60, closeCode: code, now: now, random: &highest).rounded() == 7)
    }

    @Test func aNetworkThatComesUpPermitsOneAttemptAtOnce() {
        var policy = ReconnectPolicy()
        var highest = Dice(.max)
        for _ in 0..<4 { _ = policy.delaySeconds(greetedAt: nil, now: now, random: &highest) }
        let allowed = (0..<2).map { _ in policy.mayConnectAtOnce() }
        #expect(allowed == [true, false])
        // It failed: the old backoff goes on.
        #expect(policy.delaySeconds(greetedAt: nil, now: now, random: &highest).rounded() == 16)
        let isAllowedStill = policy.mayConnectAtOnce()
        #expect(!isAllowedStill)
        policy.waited()
        let mayAgain = policy.mayConnectAtOnce()
        #expect(mayAgain)
    }

    @Test func aConnectionThatSurvivedPermitsTheNextOne() {
        var policy = ReconnectPolicy(), highest = Dice(.max)
        let first = policy.mayConnectAtOnce()
        _ = policy.delaySeconds(greetedAt: now - 9.9, now: now, random: &highest)
        let afterAFlap = policy.mayConnectAtOnce()
        _ = policy.delaySeconds(greetedAt: now - 10, now: now, random: &highest)
        let afterAGoodOne = policy.mayConnectAtOnce()
        #expect([first, afterAFlap, afterAGoodOne] == [true, false, true])
    }

    @Test func theCapIsAtMostTenMinutes() {
        #expect(ReconnectPolicy(capSeconds: 3600).capSeconds == 600)
        #expect(ReconnectPolicy(baseSeconds: 5, capSeconds: 1).capSeconds == 5)
    }
}

/// Dice that always fall the same.
private struct Dice: RandomNumberGenerator {
    private let value: UInt64
    init(_ value: UInt64) { self.value = value }
    mutating func next() -> UInt64 { value }
}
