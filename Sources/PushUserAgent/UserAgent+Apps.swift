import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension UserAgent {
    private enum Step: Sendable {
        case opened(Opening?)
        case served
    }

    /// Serves every app until it leaves; returns after ``shutDown()``, when all are done.
    func serveApps() async throws {
        try await withThrowingTaskGroup(of: Step.self) { group in
            group.addTask { .opened(await self.openings.first { _ in true }) }
            defer { group.cancelAll() }
            while let step = try await group.next() {
                guard case .opened(let opening?) = step else { continue }
                group.addTask {
                    try await self.serve(opening.app, at: opening.desk)
                    return .served
                }
                group.addTask { .opened(await self.openings.first { _ in true }) }
            }
        }
    }

    private func serve(_ app: some UserAgentApp, at desk: AppDesk) async throws {
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await self.runErrands(app, desk) }
                group.addTask { try await self.handOut(app, desk) }
                for try await _ in group {}
            }
        } catch let ending as Ending {
            throw ending.cause
        }
    }

    /// Whether the desk is still the app's: neither has the app left, nor does the user agent shut down.
    private func isOpen(_ desk: AppDesk) -> Bool { core.withLock { !$0.isLeaving && $0.desks[desk.name] === desk } }

    // MARK: Errands

    private func runErrands(_ app: some UserAgentApp, _ desk: AppDesk) async throws {
        var backoff = Backoff(baseSeconds: 1, capSeconds: 60)
        for await errand in desk.errands where isOpen(desk) {
            switch errand {
            case .key: try await askKey(app, desk)
            case .keyLater(let refusal):
                try await waitAtDesk(desk, after: refusal, &backoff)
                try await askKey(app, desk)
            case .subscription:
                try await announce(app, desk)
                backoff.succeeded()
            }
        }
    }

    private func askKey(_ app: some UserAgentApp, _ desk: AppDesk) async throws {
        guard let key = try await asked(desk, { try await app.applicationServerKey() }) else { return }
        let (actions, wire) = core.withLock { core in
            (
                core.session.keyed(desk.name, key, freshChannelID: Registration.freshChannelID(), now: now()),
                core.wire
            )
        }
        try await perform(actions, wire)
        // The registration must be answered in time.
        untilDeadline.ring()
    }

    private func announce(_ app: some UserAgentApp, _ desk: AppDesk) async throws {
        guard let subscription = identity.registrations[desk.name]?.subscription,
            let deviceID = try await asked(desk, { try await app.subscribed(subscription) })
        else { return }
        let (actions, wire) = core.withLock { ($0.session.named(desk.name, deviceID), $0.wire) }
        try await perform(actions, wire)
    }

    /// Asks until there is an answer.
    ///
    /// - Returns: nil when the desk closed meanwhile.
    private func asked<Answer>(_ desk: AppDesk, _ question: () async throws -> Answer) async throws -> Answer? {
        var backoff = Backoff(baseSeconds: 1, capSeconds: 60)
        while isOpen(desk) {
            do {
                return try await question()
            } catch let error as UserAgentError where error.code == .tryAgain {
                try await waitAtDesk(desk, after: error, &backoff)
            }
        }
        return nil
    }

    // MARK: Messages

    private func handOut(_ app: some UserAgentApp, _ desk: AppDesk) async throws {
        let limit = max(1, core.withLock { $0.session.settings.parallelDeliveries })
        try await withThrowingTaskGroup(of: Void.self) { group in
            var running = 0
            for await delivery in desk.deliveries where isOpen(desk) {
                if running == limit {
                    try await group.next()
                    running -= 1
                }
                group.addTask {
                    do {
                        try await self.handOver(delivery, to: app, desk)
                    } catch {
                        desk.close()
                        throw error
                    }
                }
                running += 1
            }
            try await group.waitForAll()
        }
    }

    private func handOver(_ delivery: AppDesk.Delivery, to app: some UserAgentApp, _ desk: AppDesk) async throws {
        let attempts = core.withLock { $0.session.settings.deliveryAttempts }
        var backoff = Backoff(baseSeconds: 1, capSeconds: 60)
        var message = delivery.message
        while isOpen(desk) {
            do {
                try await app.received(message)
                return try await settle { $0.handled(delivery.frame, by: desk.name, now: now()) }
            } catch let error as UserAgentError where error.code == .tryAgain {
                guard message.attempt < attempts else {
                    try await settle { $0.gaveUp(delivery.frame, by: desk.name, now: now()) }
                    return observer(.gaveUp(app: desk.name, version: message.version, error))
                }
                try await waitAtDesk(desk, after: error, &backoff)
                message = message.again()
            }
        }
    }

    private func settle(_ change: (inout UserAgentSession) -> [UserAgentSession.Action]) async throws {
        let (actions, wire) = core.withLock { (change(&$0.session), $0.wire) }
        try await perform(actions, wire)
    }

    private func waitAtDesk(_ desk: AppDesk, after error: UserAgentError, _ backoff: inout Backoff) async throws {
        let seconds = backoff.failed() * Double.random(in: 0.5..<1)
        guard isOpen(desk) else { return }
        observer(.failed(app: desk.name, error, retryInSeconds: seconds))
        try await desk.pause.wait { try await self.sleep(seconds) }
    }
}
