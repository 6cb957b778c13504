import Logging
import PushStorage
import Synchronization

/// Where a worker gets a partition's rows.
protocol OutboxSource: Sendable {
    /// As ``PostgresOutbox/page(of:_:)``.
    func page(of partition: Int, _ carryOut: @Sendable ([OutboxRow]) async -> OutboxPage) async throws -> OutboxPage?
    /// As ``PostgresOutbox/rest(for:)``.
    func rest(for duration: Duration) async -> [Int]
    func hurry()
    func close() async
}

extension PostgresOutbox: OutboxSource {}

/// Takes commands out of an outbox and carries them out in the order of their partition. A row may be carried out again when a commit is
/// lost; what then is a push is known again by its row.
final class OutboxConsumer: Sendable {
    private let settings: OutboxSettings
    private let handler: RecordHandler
    private let counts: OutboxCounts
    private let logger: Logger
    private let connect: @Sendable () -> any OutboxSource
    private let isAway = Mutex(false)

    /// - Parameter connect: gives each worker a source of its own.
    init(_ settings: OutboxSettings, _ dispatcher: CentrifugoDispatcher, connect: @escaping @Sendable () -> any OutboxSource) {
        var logger = dispatcher.logger
        logger[metadataKey: "outbox"] = "\(settings.name)"
        self.settings = settings
        self.logger = logger
        self.connect = connect
        handler = RecordHandler(dispatcher: dispatcher, logger: logger)
        counts = dispatcher.parts.metrics.outbox
    }

    /// Works until cancelled; what has been carried out by then is deleted.
    func run() async {
        let workers = min(settings.connections, settings.partitions)
        await withDiscardingTaskGroup { group in
            for worker in 0..<workers {
                group.addTask { await self.work(Array(stride(from: worker, to: self.settings.partitions, by: workers))) }
            }
        }
    }

    private func work(_ partitions: [Int]) async {
        let source = connect()
        var timetable = OutboxTimetable(partitions, interval: .milliseconds(settings.pollMilliseconds), now: .now)
        await withTaskCancellationHandler {
            while !Task.isCancelled, let next = timetable.next {
                let wait = ContinuousClock.now.duration(to: next.due)
                if wait > .zero {
                    for partition in await source.rest(for: wait) { timetable.hasRows(partition, now: .now) }
                } else {
                    await look(at: next.partition, source, &timetable)
                }
            }
        } onCancel: {
            source.hurry()
        }
        await source.close()
    }

    private func look(at partition: Int, _ source: any OutboxSource, _ timetable: inout OutboxTimetable) async {
        var random = SystemRandomNumberGenerator()
        do {
            let page = try await source.page(of: partition) { await self.carryOut($0) }
            noteDatabase(isAway: false)
            if let page { counts.note(waiting: page.rows - page.settled, in: partition, of: settings.name) }
            if page?.isBlocked == true, !timetable.isFailing(partition) {
                logger.warning("A record can't be carried out now; its partition waits for it", metadata: ["partition": "\(partition)"])
            }
            timetable.note(OutboxTimetable.Look(page, limit: settings.pageRows), at: partition, now: .now, using: &random)
        } catch {
            counts.countFailure(of: settings.name)
            if !Task.isCancelled { noteDatabase(isAway: true, "\(error)") }
            timetable.note(.failed, at: partition, now: .now, using: &random)
        }
    }

    /// Longer than this a transaction isn't kept open: what comes after is the next one's.
    private static let pageTime = Duration.seconds(10)

    private func carryOut(_ rows: [OutboxRow]) async -> OutboxPage {
        let end = ContinuousClock.now + Self.pageTime
        var settled = 0
        for row in rows {
            guard !Task.isCancelled, ContinuousClock.now < end else { break }
            let identity = "\(settings.name)/\(settings.table)/\(row.identity)"
            let verdict = await handler.carryOut(ConsumedRecord(method: row.method, payload: row.payload), identity: identity)
            counts.count(verdict, by: settings.name)
            if verdict == .tryAgain { return OutboxPage(rows: rows.count, settled: settled, isBlocked: true) }
            settled += 1
        }
        return OutboxPage(rows: rows.count, settled: settled)
    }

    /// Said once, not at each try.
    private func noteDatabase(isAway: Bool, _ problem: String = "") {
        let isNews = self.isAway.withLock { known in
            defer { known = isAway }
            return known != isAway
        }
        guard isNews else { return }
        if isAway {
            logger.error("The outbox can't be read; it is tried again until it can", metadata: ["problem": "\(problem)"])
        } else {
            logger.notice("The outbox can be read again")
        }
    }
}

extension OutboxTimetable.Look {
    /// - Parameter page: nil when somebody else has the partition.
    fileprivate init(_ page: OutboxPage?, limit: Int) {
        switch page {
        case let page? where page.isBlocked: self = .failed
        case let page? where page.settled < page.rows || page.rows == limit: self = .full
        default: self = .done
        }
    }
}
