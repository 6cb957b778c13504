import GRDB
import Synchronization

/// Lets writes that arrive while the disk is busy share the next commit: one `fsync` for all of them, and none is answered before it.
final class GroupCommit: Sendable {
    private struct Queue {
        var jobs: [any WriteJob] = []
        var isDraining = false
    }

    private let pool: DatabasePool
    private let queue = Mutex(Queue())
    /// Bounds how long the first of a group waits for the last.
    private let groupJobs = 256

    init(pool: DatabasePool) { self.pool = pool }

    func write<Value: Sendable>(_ work: @escaping @Sendable (any SQLConnection) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { submit(Write(work: work, caller: $0)) }
    }

    private func submit(_ job: any WriteJob) {
        let mustStart = queue.withLock { queue in
            queue.jobs.append(job)
            defer { queue.isDraining = true }
            return !queue.isDraining
        }
        guard mustStart else { return }
        pool.asyncWriteWithoutTransaction { self.drain($0) }
    }

    private func drain(_ database: Database) {
        while true {
            let group = queue.withLock { queue in
                let group = Array(queue.jobs.prefix(groupJobs))
                queue.jobs.removeFirst(group.count)
                queue.isDraining = !group.isEmpty
                return group
            }
            guard !group.isEmpty else { return }
            let failure = commit(group, database)
            for job in group { job.finish(commitFailure: failure) }
        }
    }

    private func commit(_ group: [any WriteJob], _ database: Database) -> StorageError? {
        do {
            try database.beginTransaction(.immediate)
            let isDone = group.count == 1 ? group[0].run(SQLiteConnection(database: database)) : try runAll(group, database)
            if isDone { try database.commit() } else if database.isInsideTransaction { try database.rollback() }
            return nil
        } catch {
            if database.isInsideTransaction { try? database.rollback() }
            return StorageError(.failed, "the database could not commit, so nothing of this was written", cause: error)
        }
    }

    /// - Returns: true: there may be something to commit.
    private func runAll(_ group: [any WriteJob], _ database: Database) throws -> Bool {
        for job in group { try run(job, database) }
        return true
    }

    /// One job's failure is its own: a savepoint takes back what it did. It costs a copy of every page that is changed.
    private func run(_ job: any WriteJob, _ database: Database) throws {
        let connection = SQLiteConnection(database: database)
        try connection.execute("SAVEPOINT job", [])
        let isDone = job.run(connection)
        // A full disk makes SQLite end the whole transaction: then nobody's work is there any more.
        guard database.isInsideTransaction else {
            throw StorageError(.failed, "SQLite ended the transaction; is the disk full?")
        }
        if !isDone { try connection.execute("ROLLBACK TO job", []) }
        try connection.execute("RELEASE job", [])
    }
}

/// One caller's part of a group. `run` at most once, then `finish` exactly once.
private protocol WriteJob: Sendable {
    /// - Returns: whether the work succeeded.
    func run(_ connection: any SQLConnection) -> Bool
    func finish(commitFailure: StorageError?)
}

private final class Write<Value: Sendable>: WriteJob {
    private let work: @Sendable (any SQLConnection) throws -> Value
    private let caller: CheckedContinuation<Value, any Error>
    private let result = Mutex<Result<Value, any Error>?>(nil)

    init(work: @escaping @Sendable (any SQLConnection) throws -> Value, caller: CheckedContinuation<Value, any Error>) {
        self.work = work
        self.caller = caller
    }

    func run(_ connection: any SQLConnection) -> Bool {
        do {
            let value = try work(connection)
            result.withLock { $0 = .success(value) }
            return true
        } catch {
            result.withLock { $0 = .failure(error) }
            return false
        }
    }

    func finish(commitFailure: StorageError?) {
        switch (result.withLock { $0 }, commitFailure) {
        case (.failure(let error), _): caller.resume(throwing: error)
        case (.success(let value), nil): caller.resume(returning: value)
        case (_, let failure): caller.resume(throwing: failure ?? StorageError(.failed, "the write was not run"))
        }
    }
}
