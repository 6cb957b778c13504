import Logging
import PushSender
import ServiceLifecycle
import Synchronization

/// Work that runs beside the server and may be stopped at any point.
struct Background: Service {
    let work: @Sendable () async -> Void

    func run() async throws { await cancelWhenGracefulShutdown { await work() } }
}

/// Services that need nothing of each other: they stop at the same time, so that a database which is away is waited for once.
struct Together: Service {
    let services: [any Service]

    func run() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for service in services { group.addTask { try await service.run() } }
        }
    }
}

/// Something to be done when those after it in the list have stopped, and before those ahead of it do.
struct WhenStopping: Service {
    let work: @Sendable () -> Void

    func run() async throws {
        try? await gracefulShutdown()
        work()
    }
}

/// Says first of all that this node wants no more work, and gives load balancers time to hear of it.
struct ReadinessService: Service {
    let readiness: Readiness
    let seconds: Int

    func run() async throws {
        try? await gracefulShutdown()
        readiness.leave()
        try? await Task.sleep(for: .seconds(seconds))
        readiness.close()
    }
}

/// The dispatcher, which is asked to finish its pages instead of being cut off, and cut off when that takes too long.
struct DispatcherService: Service {
    let dispatcher: Dispatcher
    let pagesSeconds: Int
    let logger: Logger

    func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await dispatcher.run() }
            group.addTask {
                guard (try? await gracefulShutdown()) != nil else { return }
                dispatcher.stop()
                if (try? await Task.sleep(for: .seconds(pagesSeconds))) != nil {
                    logger.warning("Pages in the air are given up; they are sent again", metadata: ["seconds": "\(pagesSeconds)"])
                }
            }
            // Either the pages are finished or their time is.
            await group.next()
            group.cancelAll()
        }
        // Others need not wait for the leases to end.
        do { try await dispatcher.releaseLeases() } catch {
            logger.warning("Leases could not be handed back; they end by themselves", metadata: ["error": "\(error)"])
        }
    }
}

/// Calls when all are there.
final class Countdown: Sendable {
    private let left: Atomic<Int>
    private let done: @Sendable () -> Void

    init(_ count: Int, _ done: @escaping @Sendable () -> Void) {
        left = Atomic(count)
        self.done = done
    }

    func count() {
        if left.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { done() }
    }
}
