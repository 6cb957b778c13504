import Foundation
import Synchronization

/// When messages were posted stands in their bodies; this notes when they came.
final class MessageClock: Sendable {
    private let milliseconds = Mutex<[Double]>([])
    private let tally = Tally()

    static var nanoseconds: UInt64 { DispatchTime.now().uptimeNanoseconds }

    func note(postedAt nanoseconds: UInt64) {
        let passed = Double(Self.nanoseconds &- nanoseconds) / 1_000_000
        milliseconds.withLock { $0.append(passed) }
        tally.add()
    }

    func wait(for count: Int) async { await tally.wait(for: count) }

    func reset() {
        milliseconds.withLock { $0 = [] }
        tally.reset()
    }

    func percentile(_ share: Double) -> Double {
        let sorted = milliseconds.withLock { $0 }.sorted()
        return sorted.isEmpty ? .nan : sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
    }
}
