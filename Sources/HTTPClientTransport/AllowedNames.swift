import AddressRule
import Synchronization

/// Names that were looked up a moment ago and found fine, so that not every request waits for DNS. Should one change its mind meanwhile,
/// the check on the connected address is still ahead of it.
final class AllowedNames: Sendable {
    private static let memory: Duration = .seconds(5)
    private static let limit = 1000

    private let until = Mutex<[HTTPOrigin: ContinuousClock.Instant]>([:])

    func contains(_ origin: HTTPOrigin) -> Bool {
        until.withLock { $0[origin].map { .now < $0 } ?? false }
    }

    func insert(_ origin: HTTPOrigin) {
        until.withLock { until in
            if until.count >= Self.limit { until.removeAll() }
            until[origin] = .now + Self.memory
        }
    }
}
