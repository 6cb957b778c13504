import Foundation
import PushSender
import PushTesting
import Testing

struct FrequencyVerdictTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    private static func cap(_ count: Int, in seconds: Int, _ over: FrequencyCap.Excess = .delay) -> FrequencyCap {
        FrequencyCap(key: "news", per: .device, count: count, seconds: seconds, over: over)
    }

    private func verdict(_ caps: [FrequencyCap], _ agoSeconds: [[Double]]) -> FrequencyVerdict {
        FrequencyVerdict(caps, sends: agoSeconds.map { $0.map { Self.now - $0 } }, now: Self.now)
    }

    @Test func nothingSentIsNothingCounted() {
        #expect(verdict([], []) == .allowed)
        #expect(verdict([Self.cap(1, in: 60)], [[]]) == .allowed)
    }

    @Test func aSpanHoldsNoMoreThanTheCount() {
        #expect(verdict([Self.cap(2, in: 60)], [[10]]) == .allowed)
        #expect(verdict([Self.cap(2, in: 60)], [[10, 20]]) == .notBefore(Self.now + 40))
        #expect(verdict([Self.cap(2, in: 60)], [[20, 10]]) == .notBefore(Self.now + 40))
        #expect(verdict([Self.cap(2, in: 60)], [[10, 70]]) == .allowed)
        #expect(verdict([Self.cap(2, in: 60)], [[5, 10, 20]]) == .notBefore(Self.now + 50))
    }

    @Test func whatIsAsOldAsTheSpanNoLongerCounts() {
        #expect(verdict([Self.cap(1, in: 60)], [[60]]) == .allowed)
        #expect(verdict([Self.cap(1, in: 60)], [[59.5]]) == .notBefore(Self.now + 0.5))
        #expect(verdict([Self.cap(1, in: 60)], [[0]]) == .notBefore(Self.now + 60))
    }

    @Test func aSendOfAClockAheadCounts() {
        #expect(verdict([Self.cap(1, in: 60)], [[-5]]) == .notBefore(Self.now + 65))
    }

    @Test func allCapsApply() {
        let minute = Self.cap(1, in: 60), hour = Self.cap(2, in: 3600)
        #expect(verdict([minute, hour], [[10], [10]]) == .notBefore(Self.now + 50))
        #expect(verdict([minute, hour], [[10], [10, 100]]) == .notBefore(Self.now + 3500))
        #expect(verdict([hour, minute], [[10, 100], [10]]) == .notBefore(Self.now + 3500))
        #expect(verdict([minute, hour], [[70], [70, 100]]) == .notBefore(Self.now + 3500))
    }

    @Test func theFirstThatDropsWinsOverDelays() {
        let delay = Self.cap(1, in: 3600), drop = Self.cap(1, in: 60, .drop), another = Self.cap(1, in: 120, .drop)
        #expect(verdict([delay, drop, another], [[10], [10], [10]]) == .dropped(drop))
        #expect(verdict([drop, delay], [[10], [10]]) == .dropped(drop))
        #expect(verdict([delay, drop, another], [[10], [70], [70]]) == .dropped(another))
        #expect(verdict([delay, drop], [[70], [70]]) == .notBefore(Self.now + 3530))
    }

    // MARK: By seed

    /// Second by second, it is the first at which no cap holds it.
    @Test(arguments: Seeds.parts) func itIsHeldUntilTheFirstSecondThatHasRoom(_ part: UInt64) {
        for seed in Seeds.part(part) {
            var random = SeededGenerator(seed: seed)
            let caps = Self.randomCaps(&random)
            let sends = caps.map { _ in Self.randomAges(&random).map { Self.now - $0 } }
            let full = zip(caps, sends).filter { !Self.hasRoom($0, $1, at: Self.now) }.map(\.0)
            let verdict = FrequencyVerdict(caps, sends: sends, now: Self.now)
            let expected: FrequencyVerdict =
                if let dropping = full.first(where: { $0.over == .drop }) {
                    .dropped(dropping)
                } else if full.isEmpty {
                    .allowed
                } else {
                    .notBefore((1...300).map { Self.now + Double($0) }.first { second in
                        zip(caps, sends).allSatisfy { Self.hasRoom($0, $1, at: second) }
                    } ?? .distantFuture)
                }
            #expect(verdict == expected, "HERALD_SEED=\(seed): \(caps) after \(sends)")
        }
    }

    /// Whoever comes whenever: what was allowed never exceeds a cap, and what is refused would have.
    @Test(arguments: Seeds.parts) func noSpanOfALogHoldsMoreThanItsCap(_ part: UInt64) {
        for seed in Seeds.part(part) {
            var random = SeededGenerator(seed: seed)
            let caps = Self.randomCaps(&random)
            var log: [Date] = [], now = Self.now
            for _ in 0..<80 {
                now += Double(Int.random(in: 0...15, using: &random))
                let verdict = FrequencyVerdict(caps, sends: caps.map { _ in log.shuffled(using: &random) }, now: now)
                let fits = caps.allSatisfy { Self.fits($0, log + [now]) }
                #expect((verdict == .allowed) == fits, "HERALD_SEED=\(seed): \(caps) at \(now) after \(log)")
                if case .notBefore(let moment) = verdict, Bool.random(using: &random) {
                    now = moment
                    let again = FrequencyVerdict(caps, sends: caps.map { _ in log }, now: now)
                    #expect(again == .allowed, "HERALD_SEED=\(seed): \(caps) at \(now) after \(log)")
                    log.append(now)
                } else if verdict == .allowed {
                    log.append(now)
                }
            }
        }
    }

    private static func randomCaps(_ random: inout SeededGenerator) -> [FrequencyCap] {
        (0..<Int.random(in: 1...4, using: &random)).map { _ in
            cap(
                Int.random(in: 1...5, using: &random), in: Int.random(in: 1...100, using: &random),
                Int.random(in: 0..<5, using: &random) == 0 ? .drop : .delay)
        }
    }

    private static func randomAges(_ random: inout SeededGenerator) -> [Double] {
        (0..<Int.random(in: 0...8, using: &random)).map { _ in Double(Int.random(in: 0...120, using: &random)) }
    }

    private static func hasRoom(_ cap: FrequencyCap, _ sends: [Date], at now: Date) -> Bool {
        sends.count { now.timeIntervalSince($0) < Double(cap.seconds) } < cap.count
    }

    /// However a span of that length is laid over the log: it begins with one of it.
    private static func fits(_ cap: FrequencyCap, _ log: [Date]) -> Bool {
        log.allSatisfy { start in log.count { $0 >= start && $0 < start + Double(cap.seconds) } <= cap.count }
    }
}
