import Logging
import Synchronization

/// Tells of a message store that is away once a second, however many connections and others wait for it.
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
