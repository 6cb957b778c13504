import Logging
import PushSender

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Tells the operator, and whoever listens for events, what the engine reports. No tokens, no contents.
struct LoggingObserver: SenderObserver {
    let logger: Logger
    let watch: EventWatch
    let counts: SendingCounts

    func report(_ event: SenderEvent) {
        switch event {
        case .recorded(let page):
            counts.add(page)
            watch.ring()
            let counters = page.counters
            logger.debug(
                "Page sent",
                metadata: [
                    "push": "\(page.push.id.rawValue)", "lane": "\(page.lane)", "accepted": "\(counters.accepted)",
                    "failed": "\(counters.failed)", "unregistered": "\(counters.unregistered)",
                    "retrying": "\(counters.retrying)",
                ])
        case .leasesRenewed:
            logger.trace("Leases renewed")
        case .leaseLost(let push):
            logger.warning("Another worker took over a slice; a page may be sent twice", metadata: ["push": "\(push.rawValue)"])
        case .unauthorized(let lane, let farSide, let until, let problem):
            logger.error(
                "A provider refuses our credentials; its pushes wait until they are mended",
                metadata: Self.metadata(lane, farSide, until).merging(["problem": "\(problem)"]) { $1 })
        case .throttled(let lane, let farSide, let until):
            logger.warning("A provider takes no more for now; its pushes wait", metadata: Self.metadata(lane, farSide, until))
        case .unavailable(let lane, let farSide, let until):
            logger.warning("A provider doesn't answer; its pushes wait", metadata: Self.metadata(lane, farSide, until))
        case .tooManyDead(let lane):
            logger.error(
                """
                A provider calls too many tokens dead at once: no device is disabled for ten minutes. Do the credentials and the \
                environment belong to these devices?
                """,
                metadata: ["lane": "\(lane)"])
        case .storeUnavailable(let reason):
            logger.error("The database fails; sending waits for it", metadata: ["reason": "\(reason)"])
        }
    }

    private static func metadata(_ lane: Lane, _ farSide: String?, _ until: Date) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["lane": "\(lane)", "until": "\(until)"]
        if let farSide { metadata["far_side"] = "\(farSide)" }
        return metadata
    }
}
