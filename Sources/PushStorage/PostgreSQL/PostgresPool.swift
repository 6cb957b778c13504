import Foundation
import Synchronization

/// Connections to one PostgreSQL, each with a thread of its own, and the transactions that wait for them. Waiting has an end, for each and
/// for all.
final class PostgresPool: Sendable {
    private struct Queue {
        var jobs: [any PostgresJob] = []
        var isClosed = false
        /// Threads that stand without a connection.
        var lastFailure: String?
    }

    private let settings: PostgresSettings
    private let clock: DatabaseClock
    private let patience: Patience
    private let queue = Mutex(Queue())
    private let waiting = DispatchSemaphore(value: 0)
    private let threads = ConnectionThreads()

    init(_ settings: PostgresSettings, clock: DatabaseClock, patience: Patience) {
        self.settings = settings
        self.clock = clock
        self.patience = patience
    }

    func start() {
        for number in 1...settings.connections {
            threads.start("herald-db-\(number)") { self.work() }
        }
        threads.start("herald-db-wait") { self.endWaiting() }
    }

    /// Connections end when what they do is done; what waits is refused.
    func close() {
        let refused = queue.withLock { queue in
            queue.isClosed = true
            defer { queue.jobs = [] }
            return queue.jobs
        }
        for job in refused { job.fail(Self.closed) }
        for _ in 0..<settings.connections { waiting.signal() }
    }

    /// After ``close()``.
    func waitForThreads(until end: DispatchTime) { threads.wait(until: end) }

    /// Runs `work` in a transaction.
    /// - Parameter begin: the command that begins it; nil for statements that stand alone.
    func run<Value: Sendable>(
        begin: String?, _ work: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        let start = ContinuousClock.now
        return try await withCheckedThrowingContinuation { caller in
            submit(
                PostgresTransaction(
                    begin: begin, start: start, deadline: start + .seconds(settings.waitSeconds), work: work, caller: caller))
        }
    }

    private func submit(_ job: any PostgresJob, again: Bool = false) {
        let refusal: StorageError? = queue.withLock { queue in
            if queue.isClosed || patience.isGivenUp { return Self.closed }
            if !again, queue.jobs.count >= settings.waitingRequests {
                return StorageError(.unavailable, "\(queue.jobs.count) requests already wait for the database; try again later")
            }
            if again { queue.jobs.insert(job, at: 0) } else { queue.jobs.append(job) }
            return nil
        }
        if let refusal { job.fail(refusal) } else { waiting.signal() }
    }

    private static let closed = StorageError(.unavailable, "the server is stopping")

    // MARK: A connection's thread

    private var isClosed: Bool { queue.withLock { $0.isClosed } }

    private func work() {
        var backoff = Backoff()
        while !isClosed {
            do {
                let link = try PostgresLink(settings, patience: patience)
                backoff = Backoff()
                queue.withLock { $0.lastFailure = nil }
                serve(link)
            } catch {
                queue.withLock { $0.lastFailure = "\((error as? PostgresFailure)?.message ?? "\(error)")" }
                Thread.sleep(forTimeInterval: backoff.next() / .seconds(1))
            }
        }
    }

    /// Works until the connection is lost.
    private func serve(_ link: PostgresLink) {
        while true {
            waiting.wait()
            if isClosed { return }
            guard let job = queue.withLock({ $0.jobs.isEmpty ? nil : $0.jobs.removeFirst() }) else { continue }
            if clock.takeTurn() { try? clock.measure(link) }
            if !link.isLost, job.run(link) {
                if link.isLost { return }
            } else {
                submit(job, again: true)
                return
            }
        }
    }

    // MARK: The end of waiting

    private func endWaiting() {
        while !isClosed {
            Thread.sleep(forTimeInterval: 0.1)
            let now = ContinuousClock.now
            let (overdue, reason) = queue.withLock { queue in
                let mustEnd = { (job: any PostgresJob) in self.patience.deadline(job.deadline, since: job.start) <= now }
                let overdue = queue.jobs.filter(mustEnd)
                if !overdue.isEmpty { queue.jobs.removeAll(where: mustEnd) }
                return (overdue, queue.lastFailure)
            }
            if !overdue.isEmpty, reason != nil { patience.end() }
            for job in overdue { job.fail(Self.unavailable(reason, settings)) }
        }
    }

    private static func unavailable(_ reason: String?, _ settings: PostgresSettings) -> StorageError {
        guard let reason else {
            return StorageError(
                .unavailable,
                "no connection to PostgreSQL became free within \(settings.waitSeconds) s; raise database.connections, or take load off")
        }
        return StorageError(.unavailable, "PostgreSQL is away: \(reason)")
    }
}
