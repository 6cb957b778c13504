#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import Synchronization

/// Deliveries that wait for another attempt, in memory: so many and no more.
final class RetryBook: Sendable {
    struct Entry: Sendable {
        let push: Push
        let lane: Lane
        let target: NotifierTarget
        let attempts: Int
        let dueAt: Date
    }

    private let entries = Mutex<[Entry]>([])
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// - Returns: those that there is no room for.
    func add(_ new: [Entry]) -> ArraySlice<Entry> {
        entries.withLock { entries in
            let room = max(0, limit - entries.count)
            entries += new.prefix(room)
            return new.dropFirst(room)
        }
    }

    func takeDue(_ now: Date) -> [Entry] {
        entries.withLock { entries in
            let due = entries.filter { $0.dueAt <= now }
            if !due.isEmpty { entries.removeAll { $0.dueAt <= now } }
            return due
        }
    }
}

/// Whom a ``Notifier`` sends to.
struct NotifierTarget: Sendable {
    let recipient: Recipient
    /// Whether it is looked up again before another attempt: it may have been removed, or have another token, by then.
    let isListed: Bool
}
