import PushSender
import ServiceLifecycle

/// Work that runs beside the server and may be stopped at any point.
struct Background: Service {
    let work: @Sendable () async -> Void

    func run() async throws { await cancelWhenGracefulShutdown { await work() } }
}

/// The dispatcher, which is asked to finish its pages instead of being cut off.
struct DispatcherService: Service {
    let dispatcher: Dispatcher
    let readiness: Readiness

    func run() async throws {
        await withGracefulShutdownHandler {
            await dispatcher.run()
        } onGracefulShutdown: {
            readiness.stop()
            dispatcher.stop()
        }
    }
}
