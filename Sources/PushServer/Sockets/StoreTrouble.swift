import Logging
import Synchronization

/// Tells of a store that is away once a second, however many connections wait for it.
final class StoreTrouble: Sendable {
    private let logger: Logger
    private let nextReport = Mutex(ContinuousClock.now)

    init(logger: Logger) { self.logger = logger }

    func report(_ error: any Error) {
        let now = ContinuousClock.now
        let isDue = nextReport.withLock { next in
            guard next <= now else { return false }
            next = now + .seconds(1)
            return true
        }
        guard isDue else { return }
        logger.error(
            "The message store fails; connections stay open and go on when it is back", metadata: ["error": "\(error)"])
    }
}

/// How long to wait before asking the store again: 0.1 s doubling to 5 s, each by chance between half of that and all of it.
struct StoreBackoff {
    private var ceilingSeconds = 0.1

    mutating func next() -> Duration {
        defer { ceilingSeconds = min(5, ceilingSeconds * 2) }
        return .seconds(Double.random(in: ceilingSeconds / 2...ceilingSeconds))
    }
}
