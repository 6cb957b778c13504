import PushSender
import Synchronization

/// What came of this process's attempts since it started, by provider.
final class SendingCounts: Sendable {
    struct Counts: Sendable, Hashable {
        var accepted = 0
        /// Failed, expired, or of a dead token.
        var refused = 0
    }

    private let counts = Mutex<[ProviderName: PushCounters]>([:])

    func add(_ page: PushCounters, of provider: ProviderName) {
        counts.withLock { $0[provider] = ($0[provider] ?? PushCounters()) + page }
    }

    func of(_ provider: ProviderName) -> Counts {
        let counters = counts.withLock { $0[provider] ?? PushCounters() }
        return Counts(accepted: counters.accepted, refused: counters.failed + counters.expired + counters.unregistered)
    }

    var byProvider: [ProviderName: PushCounters] { counts.withLock { $0 } }
}
