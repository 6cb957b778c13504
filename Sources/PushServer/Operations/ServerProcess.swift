import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

/// Runs the services of a node until a signal: the first asks them to finish, one after the other from the last, the second ends the
/// process at once.
struct ServerProcess {
    let services: [any Service]
    let leaving: ServerSettings.Leaving
    let logger: Logger

    func run() async throws {
        var configuration = ServiceGroupConfiguration(services: services.map { .init(service: $0) }, logger: logger)
        // A client that never finishes its request must not keep the server from stopping.
        let seconds = leaving.readinessSeconds + leaving.pagesSeconds + leaving.socketsSeconds + 5
        configuration.maximumGracefulShutdownDuration = .seconds(seconds)
        let group = ServiceGroup(configuration: configuration)
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await obey(signals, group) }
            tasks.addTask { try await group.run() }
            defer { tasks.cancelAll() }
            // Signals don't end; the services do.
            while let result = await tasks.nextResult() {
                try result.get()
                tasks.cancelAll()
            }
        }
    }

    private func obey(_ signals: UnixSignalsSequence, _ group: ServiceGroup) async {
        var isLeaving = false
        for await signal in signals {
            if isLeaving { exit(128 + signal.rawValue) }
            isLeaving = true
            logger.info("Stopping; a second signal ends at once", metadata: ["signal": "\(signal)"])
            await group.triggerGracefulShutdown()
        }
    }
}
