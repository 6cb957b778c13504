import PushSender
import Synchronization

/// What this process has sent since it started, by provider.
final class SentCounts: Sendable {
    private let counts = Mutex<[ProviderName: PushCounters]>([:])

    /// - Parameter page: what came of it.
    func add(_ page: PushCounters, _ provider: ProviderName) {
        counts.withLock { $0[provider] = ($0[provider] ?? PushCounters()) + page }
    }

    var byProvider: [ProviderName: PushCounters] { counts.withLock { $0 } }
}
