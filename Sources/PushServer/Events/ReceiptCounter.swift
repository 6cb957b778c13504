import PushSender
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Counts receipts that come by link, many in one transaction: those of one push all add to the same rows, and would stand in line for
/// them one commit after the other.
final class ReceiptCounter: Sendable {
    private typealias Caller = CheckedContinuation<ReceiptVerdict, any Error>

    private struct Line {
        var waiting: [(receipt: LinkedReceipt, caller: Caller)] = []
        var isClosed = false
    }

    private let store: any ReceiptStore
    private let now: @Sendable () -> Date
    private let line = Mutex(Line())
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation
    /// More of them wait for a database that is slow: the next is refused.
    private static let waitingLimit = 10_000
    private static let batchLimit = 500

    init(store: any ReceiptStore, now: @escaping @Sendable () -> Date) {
        self.store = store
        self.now = now
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    var waitingCount: Int { line.withLock { $0.waiting.count } }

    /// Returns when the receipt is on disk.
    /// - Throws: ``Problem`` 503 when too many wait, or the server stops.
    func count(_ receipt: LinkedReceipt) async throws -> ReceiptVerdict {
        try await withCheckedThrowingContinuation { caller in
            let isWaiting = line.withLock { line in
                guard !line.isClosed, line.waiting.count < Self.waitingLimit else { return false }
                line.waiting.append((receipt, caller))
                return true
            }
            if isWaiting { signal.yield() } else { caller.resume(throwing: Problem.databaseUnavailable) }
        }
    }

    /// Writes what comes until cancelled.
    func run() async {
        for await _ in signals { while await writeNext() {} }
        close()
    }

    private func writeNext() async -> Bool {
        let batch = line.withLock { line in
            let batch = Array(line.waiting.prefix(Self.batchLimit))
            line.waiting.removeFirst(batch.count)
            return batch
        }
        guard !batch.isEmpty else { return false }
        do {
            let verdicts = try await store.record(batch.map(\.receipt), now: now())
            for (one, verdict) in zip(batch, verdicts) { one.caller.resume(returning: verdict) }
        } catch {
            for one in batch { one.caller.resume(throwing: error) }
        }
        return true
    }

    private func close() {
        let left = line.withLock { line in
            line.isClosed = true
            defer { line.waiting = [] }
            return line.waiting
        }
        for one in left { one.caller.resume(throwing: Problem.databaseUnavailable) }
    }
}
