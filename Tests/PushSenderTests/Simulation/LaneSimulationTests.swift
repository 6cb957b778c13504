import Foundation
import PushTesting
import Testing

@testable import PushSender

/// Long random walks through what a lane is made of.
@Suite struct LaneSimulationTests {
    private static let start = Date(timeIntervalSince1970: 1_800_000_000)

    /// However often a range is split, by whoever holds a part, the parts are what was left of it.
    @Test func splitsPartitionWhatIsLeft() {
        for seed in Seeds.chosen {
            var random = SeededGenerator(seed: seed)
            let broken = Self.splitAtRandom(&random)
            #expect(broken == nil, "HERALD_SEED=\(seed): \(broken ?? "")")
        }
    }

    private static func splitAtRandom(_ random: inout SeededGenerator) -> String? {
        let first = Int.random(in: 0..<ShardRange.shardCount, using: &random)
        let whole = ShardRange(first: first, last: Int.random(in: first..<ShardRange.shardCount, using: &random))
        var parts = [Slice(id: 1, push: .init(rawValue: "p"), lane: .init(app: .default, provider: .webPush), range: whole, cursor: nil)]
        for _ in 0..<40 {
            let index = Int.random(in: parts.indices, using: &random)
            var part = parts[index]
            if Bool.random(using: &random) {
                let shard = Int.random(in: (part.cursor?.shard ?? part.range.first)...part.range.last, using: &random)
                part.cursor = DeviceCursor(shard: shard, device: .init(rawValue: "d"))
            }
            if let given = part.split() {
                if given.first <= part.cursor?.shard ?? -1 { return "\(given) is given away behind \(part)" }
                parts.append(Slice(id: 1, push: part.push, lane: part.lane, range: given, cursor: nil))
            }
            parts[index] = part
        }
        let shards = parts.map(\.range).sorted { $0.first < $1.first }.flatMap { Array($0.first...$0.last) }
        return shards == Array(whole.first...whole.last) ? nil : "\(parts.map(\.range)) are not \(whole)"
    }

    /// While a far side is left alone nobody passes but the probe, and it is tried again within its longest rest.
    @Test func aClosedFarSideLetsOnlyTheProbeThroughAndOpensAgain() {
        for seed in Seeds.chosen {
            var walk = FarSideWalk(seed: seed)
            walk.run(steps: 200)
            #expect(walk.violations.isEmpty, "HERALD_SEED=\(seed): \(walk.violations)")
        }
    }

    /// However it is asked, a lane sends no more than its rate, a second's worth at once, and the page that is let through whole.
    @Test func noWindowHoldsMoreThanTheRateItsBurstAndOnePage() {
        for seed in Seeds.chosen {
            var random = SeededGenerator(seed: seed)
            let perSecond = Double(Int.random(in: 1...200, using: &random)) / 4
            var bucket = TokenBucket(perSecond: perSecond), now = Self.start, taken: [(at: Date, devices: Int)] = []
            for _ in 0..<100 {
                now += Double.random(in: 0...0.5, using: &random)
                let devices = Int.random(in: 1...60, using: &random)
                guard let until = bucket.take(devices, now: now) else {
                    taken.append((now, devices))
                    continue
                }
                #expect(until > now, "HERALD_SEED=\(seed)")
                if Bool.random(using: &random) { now = until }
            }
            let excess = Self.greatestExcess(taken, perSecond: perSecond, pageDevices: 60)
            #expect(excess <= 0.001, "HERALD_SEED=\(seed): \(excess) devices too many")
        }
    }

    private static func greatestExcess(_ taken: [(at: Date, devices: Int)], perSecond: Double, pageDevices: Int) -> Double {
        var greatest = -Double.infinity
        for first in taken.indices {
            var devices = 0
            for page in taken[first...] {
                devices += page.devices
                let allowed = page.at.timeIntervalSince(taken[first].at) * perSecond + max(1, perSecond) + Double(pageDevices)
                greatest = max(greatest, Double(devices) - allowed)
            }
        }
        return greatest
    }

    /// Of one window's pages no more devices are disabled than always may be, or than the share of its attempts.
    @Test func noWindowDisablesMoreDevicesThanCanHaveDied() {
        for seed in Seeds.chosen {
            var random = SeededGenerator(seed: seed)
            let settings = DeadTokenBreaker.Settings(share: 0.3, minimumDead: 5, windowSeconds: 60)
            var breaker = DeadTokenBreaker(settings), now = Self.start, windowStart = now
            var attempts = 0, disabled = 0, isTripped = false
            for _ in 0..<200 {
                now += Double.random(in: 0...5, using: &random)
                if now.timeIntervalSince(windowStart) >= 60 || attempts == 0 {
                    (windowStart, attempts, disabled, isTripped) = (now, 0, 0, false)
                }
                let page = Int.random(in: 1...10, using: &random), dead = Int.random(in: 0...page, using: &random) / 2
                attempts += page
                let verdict = breaker.judge(attempts: page, dead: dead, now: now)
                if verdict.mayDisable { disabled += dead }
                #expect(!(isTripped && verdict.mayDisable), "HERALD_SEED=\(seed): believed again within its window")
                isTripped = isTripped || !verdict.mayDisable
                #expect(Double(disabled) <= max(5, 0.3 * Double(attempts)), "HERALD_SEED=\(seed): \(disabled) of \(attempts)")
            }
        }
    }
}
