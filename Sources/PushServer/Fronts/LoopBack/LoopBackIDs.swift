import PushSender
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Names for records, in the order in which they are given: who lists without an order gets the oldest first.
final class LoopBackIDs: Sendable {
    private let last = Mutex(Date.distantPast)
    private let now: @Sendable () -> Date

    init(now: @escaping @Sendable () -> Date) { self.now = now }

    /// Of two in one millisecond the second is of the next.
    func next() -> RecordID {
        let moment = last.withLock { last in
            last = max(now(), last.addingTimeInterval(0.001))
            return last
        }
        var random = SystemRandomNumberGenerator()
        return RecordID(rawValue: DeviceID(now: moment, random: &random).rawValue)
    }
}
