import Synchronization

/// What went wrong on the way to devices, in the order it did. For one listener; what it hasn't heard yet is kept in memory, so many
/// problems and no more: beyond that the oldest are dropped, and counted.
public final class TransportProblems: AsyncSequence, Sendable {
    public typealias Element = TransportProblem
    public typealias Failure = Never

    private let stream: AsyncStream<TransportProblem>
    private let continuation: AsyncStream<TransportProblem>.Continuation
    private let dropped = Atomic(0)

    /// - Parameter kept: so many that nobody has heard yet.
    public init(kept: Int = 1000) {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(kept))
    }

    /// How many nobody will ever hear.
    public var droppedCount: Int { dropped.load(ordering: .relaxed) }

    public func makeAsyncIterator() -> AsyncStream<TransportProblem>.Iterator { stream.makeAsyncIterator() }

    /// Whoever listens hears what is left, and then that there is no more.
    public func finish() { continuation.finish() }

    /// The same provider, whose outcomes are heard here: for whoever sends through a ``Dispatcher`` of his own.
    public func watching(_ provider: any PushProvider) -> any PushProvider { WatchedProvider(provider: provider, problems: self) }

    func report(_ problem: TransportProblem) {
        guard case .dropped = continuation.yield(problem) else { return }
        dropped.add(1, ordering: .relaxed)
    }
}
