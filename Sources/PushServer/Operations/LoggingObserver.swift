import Logging
import PushSender

/// Tells the operator what the engine reports. No tokens, no contents.
struct LoggingObserver: SenderObserver {
    let logger: Logger

    func report(_ event: SenderEvent) {
        switch event {
        case .recorded(let push, let provider, let counters):
            logger.debug(
                "Page sent",
                metadata: [
                    "push": "\(push.rawValue)", "provider": "\(provider.rawValue)", "accepted": "\(counters.accepted)",
                    "failed": "\(counters.failed)", "unregistered": "\(counters.unregistered)",
                    "retrying": "\(counters.retrying)",
                ])
        case .leasesRenewed:
            logger.trace("Leases renewed")
        case .leaseLost(let push):
            logger.warning("Another worker took over a slice; a page may be sent twice", metadata: ["push": "\(push.rawValue)"])
        case .unauthorized(let provider, let problem):
            logger.error(
                "A provider refuses our credentials; its pushes wait until they are mended",
                metadata: ["provider": "\(provider.rawValue)", "problem": "\(problem)"])
        case .storeUnavailable(let reason):
            logger.error("The database fails; sending waits for it", metadata: ["reason": "\(reason)"])
        }
    }
}
