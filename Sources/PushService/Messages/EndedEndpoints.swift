import Synchronization

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Remembers endpoints that have ended: senders go on posting to them for years, and need not cost a look-up each time. An endpoint
/// that has ended never works again (``SubscriptionEpoch``), so what is remembered stays true.
public final class EndedEndpoints: Sendable {
    private struct Key: Hashable {
        let channel: Channel
        let epoch: SubscriptionEpoch
    }

    private let ended: Mutex<RecentlyUsed<Key, Bool>>

    /// - Parameter capacity: how many, 2 or more; the ones that were asked for last.
    public init(capacity: Int) { ended = Mutex(RecentlyUsed(capacity: capacity)) }

    /// The store says that the channel of this message is gone.
    public func remember(_ message: NewMessage, now: Date) {
        guard let epoch = message.epoch, now.timeIntervalSince1970 * 1000 > Double(epoch.rawValue) + Self.youngMilliseconds else { return }
        ended.withLock { $0[Key(channel: message.channel, epoch: epoch)] = true }
    }

    /// Epochs are told apart by milliseconds: one that began just now might begin twice.
    private static let youngMilliseconds = 1000.0

    func contains(_ endpoint: Endpoint) -> Bool {
        guard let epoch = endpoint.epoch else { return false }
        return ended.withLock { $0[Key(channel: endpoint.channel, epoch: epoch)] } == true
    }
}
