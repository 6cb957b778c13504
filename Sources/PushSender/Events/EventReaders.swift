#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Who reads, and who of them waits for what.
struct EventReaders {
    typealias Wake = EventWatch.Wake
    typealias Reader = CheckedContinuation<Wake, Never>

    struct Wish {
        let app: AppID
        let after: EventPosition
        let until: Date
    }

    private struct Waiting {
        /// Nil: the next look.
        let wish: Wish?
        let reader: Reader
    }

    private var counts: [AppID: Int] = [:]
    /// As the last look found it.
    private var newest: [AppID: EventPosition] = [:]
    private var waiting: [Int: Waiting] = [:]
    /// Given up before they began to wait.
    private var cancelled: Set<Int> = []
    private var lastID = 0
    private var isClosed = false
    private var isOver = false

    var apps: [AppID] { Array(counts.keys) }

    mutating func enter(_ app: AppID, limit: Int) -> Bool {
        guard counts[app, default: 0] < limit else { return false }
        counts[app, default: 0] += 1
        return true
    }

    mutating func leave(_ app: AppID) {
        let left = counts[app, default: 0] - 1
        counts[app] = left > 0 ? left : nil
        if left <= 0 { newest[app] = nil }
    }

    mutating func nextID() -> Int {
        lastID += 1
        return lastID
    }

    /// - Returns: the answer, when there is no need to wait.
    mutating func wait(_ id: Int, _ wish: Wish?, _ reader: Reader) -> Wake? {
        if cancelled.remove(id) != nil || isOver || (isClosed && wish != nil) { return .closed }
        // A look may have come between the reader's last page and now.
        if let wish, let newest = newest[wish.app], newest > wish.after { return .events }
        waiting[id] = Waiting(wish: wish, reader: reader)
        return nil
    }

    mutating func giveUp(_ id: Int) -> Reader? {
        if let found = waiting.removeValue(forKey: id) { return found.reader }
        cancelled.insert(id)
        return nil
    }

    mutating func looked(_ newest: [AppID: EventPosition], now: Date) -> [(Reader, Wake)] {
        self.newest.merge(newest) { max($0, $1) }
        var woken: [(Reader, Wake)] = []
        for (id, one) in waiting {
            guard let wake = wake(one.wish, now) else { continue }
            waiting[id] = nil
            woken.append((one.reader, wake))
        }
        return woken
    }

    private func wake(_ wish: Wish?, _ now: Date) -> Wake? {
        guard let wish else { return .quiet }
        if let newest = newest[wish.app], newest > wish.after { return .events }
        return wish.until <= now ? .quiet : nil
    }

    mutating func close() -> [Reader] {
        isClosed = true
        let home = waiting.filter { $0.value.wish != nil }
        for id in home.keys { waiting[id] = nil }
        return home.values.map(\.reader)
    }

    mutating func end() -> [Reader] {
        isOver = true
        defer { waiting = [:] }
        return waiting.values.map(\.reader)
    }
}
