import PushService
import Synchronization

/// Wakes readers of delivery receipts, and who posts them to hooks, when there may be some. What is rung on another node isn't heard here:
/// they also look by themselves.
final class ReceiptBell: Sendable {
    typealias Rings = AsyncStream<Void>

    private struct Readers {
        var latest = 0
        var byNumber: [ReceiptSubscription: [Int: Rings.Continuation]] = [:]
        var count = 0
    }

    private let readers = Mutex(Readers())
    private let readersAtOnce: Int
    /// Rings for any subscription. Can be walked through once: there is one who posts to hooks.
    let hookRings: Rings
    private let hookBell: Rings.Continuation

    init(readersAtOnce: Int = 1000) {
        self.readersAtOnce = readersAtOnce
        (hookRings, hookBell) = Rings.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Time to see whether a hook has something to hear.
    func ringForHooks() { hookBell.yield() }

    func ring(_ subscriptions: Set<ReceiptSubscription>) {
        guard !subscriptions.isEmpty else { return }
        ringForHooks()
        for reader in readers.withLock({ readers in subscriptions.flatMap { readers.byNumber[$0]?.values.map(\.self) ?? [] } }) {
            reader.yield()
        }
    }

    /// - Returns: rings from now until its continuation is finished; nil when there are as many readers as there may be.
    func rings(for subscription: ReceiptSubscription) -> (rings: Rings, bell: Rings.Continuation)? {
        let (rings, bell) = Rings.makeStream(bufferingPolicy: .bufferingNewest(1))
        let number: Int? = readers.withLock { readers in
            guard readers.count < readersAtOnce else { return nil }
            readers.latest += 1
            readers.count += 1
            readers.byNumber[subscription, default: [:]][readers.latest] = bell
            return readers.latest
        }
        guard let number else { return nil }
        bell.onTermination = { [weak self] _ in self?.forget(number, subscription) }
        return (rings, bell)
    }

    private func forget(_ number: Int, _ subscription: ReceiptSubscription) {
        readers.withLock { readers in
            guard readers.byNumber[subscription]?.removeValue(forKey: number) != nil else { return }
            readers.count -= 1
            if readers.byNumber[subscription]?.isEmpty == true { readers.byNumber[subscription] = nil }
        }
    }
}
