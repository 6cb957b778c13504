/// Work that outlives the page it began with, run inside ``Dispatcher/run()``.
final class BackgroundWork: Sendable {
    typealias Job = @Sendable () async -> Void
    private let jobs: AsyncStream<Job>
    private let continuation: AsyncStream<Job>.Continuation

    init() { (jobs, continuation) = AsyncStream.makeStream() }

    func start(_ job: @escaping Job) { continuation.yield(job) }

    /// Runs what is started until ``finish()``, and returns when all of it is over.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await job in jobs { group.addTask { await job() } }
        }
    }

    func finish() { continuation.finish() }
}
