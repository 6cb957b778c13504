import PushSender
import Synchronization

/// What came of this process's attempts since it started, by provider.
final class SendingCounts: Sendable {
    struct Counts: Sendable, Hashable {
        var accepted = 0
        /// Failed, expired, or of a dead token.
        var refused = 0
    }

    private let counts = Mutex<[ProviderName: Counts]>([:])

    func add(_ page: PushCounters, of provider: ProviderName) {
        counts.withLock { counts in
            counts[provider, default: Counts()].accepted += page.accepted
            counts[provider, default: Counts()].refused += page.failed + page.expired + page.unregistered
        }
    }

    func of(_ provider: ProviderName) -> Counts { counts.withLock { $0[provider] ?? Counts() } }
}
