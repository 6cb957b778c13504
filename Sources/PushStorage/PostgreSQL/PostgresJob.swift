import Synchronization

/// One caller's transaction, to be run on whichever connection is free.
protocol PostgresJob: AnyObject, Sendable {
    /// Since when it waits.
    var start: ContinuousClock.Instant { get }
    /// Nobody waits longer for it to begin.
    var deadline: ContinuousClock.Instant { get }
    /// Runs the transaction and answers the caller; or neither, when another connection, or another time, may do better.
    /// - Returns: whether the caller has its answer.
    func run(_ link: PostgresLink) -> Bool
    /// Answers the caller that nothing was done.
    func fail(_ error: StorageError)
}

/// A transaction around a caller's work.
final class PostgresTransaction<Value: Sendable>: PostgresJob {
    typealias Work = @Sendable (any SQLConnection) throws -> Value

    let start: ContinuousClock.Instant
    let deadline: ContinuousClock.Instant
    private let begin: String?
    private let work: Work
    private let caller: CheckedContinuation<Value, any Error>
    private let conflicts = Atomic(0)

    init(
        begin: String?, start: ContinuousClock.Instant, deadline: ContinuousClock.Instant, work: @escaping Work,
        caller: CheckedContinuation<Value, any Error>
    ) {
        self.begin = begin
        self.start = start
        self.deadline = deadline
        self.work = work
        self.caller = caller
    }

    func run(_ link: PostgresLink) -> Bool {
        while true {
            let connection = PostgresConnection(link, begin: begin)
            let value: Value
            do {
                value = try work(connection)
            } catch let failure as PostgresFailure {
                connection.rollback()
                switch next(failure) {
                case .again: continue
                case .elsewhere: return false
                case .fail: return answer(failure)
                }
            } catch {
                connection.rollback()
                caller.resume(throwing: error)
                return true
            }
            do {
                try connection.commit()
            } catch let failure as PostgresFailure where failure.kind == .conflict && next(failure) == .again {
                continue
            } catch {
                return answer(inDoubt(error))
            }
            caller.resume(returning: value)
            return true
        }
    }

    func fail(_ error: StorageError) { caller.resume(throwing: error) }

    private enum Next { case again, elsewhere, fail }

    private static var mostConflicts: Int { 8 }

    /// Nothing was committed, so all of it may be done again.
    private func next(_ failure: PostgresFailure) -> Next {
        switch failure.kind {
        case .connectionLost: ContinuousClock.now < deadline ? .elsewhere : .fail
        case .conflict:
            conflicts.add(1, ordering: .relaxed).newValue < Self.mostConflicts ? .again : .fail
        case .readOnly, .full, .tookTooLong, .statement: .fail
        }
    }

    private func answer(_ error: any Error) -> Bool {
        caller.resume(throwing: (error as? PostgresFailure).map { StorageError($0) } ?? error)
        return true
    }

    private func inDoubt(_ error: any Error) -> any Error {
        guard let failure = error as? PostgresFailure, failure.kind == .connectionLost else { return error }
        return StorageError(
            .inDoubt, "the connection to PostgreSQL was lost during the commit: it may or may not have happened", cause: failure)
    }
}
