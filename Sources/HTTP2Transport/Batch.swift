import HTTPTransport
import Synchronization

/// The requests of one call, and where their answers go. Each request is at any moment in one place: waiting, on a stream, or handed
/// to HTTP/1.1; who holds it answers it, so each is answered once.
final class Batch: Sendable {
    let requests: [TransportRequest]
    let deadline: ContinuousClock.Instant
    private let report: @Sendable (Int, Result<TransportReply, TransportError>) -> Void
    private let unanswered: Atomic<Int>
    private let progress = Mutex(Progress())

    private struct Progress {
        var forHTTP1: [Int] = []
        var isDone = false
        var waiter: CheckedContinuation<[Int], Never>?
    }

    init(
        _ requests: [TransportRequest], deadline: ContinuousClock.Instant,
        report: @escaping @Sendable (Int, Result<TransportReply, TransportError>) -> Void
    ) {
        self.requests = requests
        self.deadline = deadline
        self.report = report
        unanswered = Atomic(requests.count)
        if requests.isEmpty { progress.withLock { $0.isDone = true } }
    }

    func answerAll(_ error: TransportError) {
        for index in requests.indices { answer(index, .failure(error)) }
    }

    func answer(_ index: Int, _ result: Result<TransportReply, TransportError>) {
        report(index, result)
        guard unanswered.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 else { return }
        resume { $0.isDone = true }
    }

    /// These have to go over HTTP/1.1, which the sending task does.
    func handToHTTP1(_ indices: some Sequence<Int>) {
        resume { $0.forHTTP1 += indices }
    }

    /// Waits until there are requests for HTTP/1.1; empty when everything is answered.
    func requestsForHTTP1() async -> [Int] {
        await withCheckedContinuation { continuation in
            resume { $0.waiter = continuation }
        }
    }

    private func resume(_ change: (inout sending Progress) -> Void) {
        let (waiter, indices) = progress.withLock { progress in
            change(&progress)
            guard progress.isDone || !progress.forHTTP1.isEmpty, let waiter = progress.waiter else {
                return (nil as CheckedContinuation<[Int], Never>?, [Int]())
            }
            defer {
                progress.waiter = nil
                progress.forHTTP1 = []
            }
            return (waiter, progress.forHTTP1)
        }
        waiter?.resume(returning: indices)
    }
}

/// One request of a batch on its way.
struct Ticket: Sendable {
    let batch: Batch
    let index: Int32
    /// After how many bytes of its URL the path begins.
    let originLength: UInt16
    /// It was refused once and is on its second connection.
    let isResent: Bool

    var request: TransportRequest { batch.requests[Int(index)] }

    func answer(_ result: Result<TransportReply, TransportError>) { batch.answer(Int(index), result) }
}

/// Requests that stand side by side in a batch and go to one origin.
struct Run: Sendable {
    let batch: Batch
    var indices: Range<Int>
    let originLength: UInt16
    var isResent = false
    /// The connection that refused them: another one should have a try.
    var refusedBy: ConnectionID?

    func ticket(_ index: Int) -> Ticket {
        Ticket(batch: batch, index: Int32(index), originLength: originLength, isResent: isResent)
    }

    func answerAll(_ error: TransportError) {
        for index in indices { batch.answer(index, .failure(error)) }
    }
}

struct ConnectionID: Hashable, Sendable {
    let number: Int
}
