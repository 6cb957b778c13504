import HTTPTypes
import Hummingbird
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What this process has done for gorush's clients since it started.
final class GorushStatistics: Sendable {
    /// A task is taking a notification: what becomes of it then is counted by platform.
    struct Tasks: Sendable {
        var busy = 0
        var submitted = 0
        var success = 0
        var failure = 0
        /// Tokens, as replies count them.
        var total = 0
    }

    struct Requests: Sendable {
        var byStatus: [Int: Int] = [:]
        var seconds = 0.0
    }

    private let state = Mutex((tasks: Tasks(), requests: Requests()))
    private let startedAt = ContinuousClock.now

    var tasks: Tasks { state.withLock { $0.tasks } }
    var requests: Requests { state.withLock { $0.requests } }
    var uptimeSeconds: Double { (ContinuousClock.now - startedAt) / .seconds(1) }

    func begin(tokens: Int) {
        state.withLock { state in
            state.tasks.busy += 1
            state.tasks.submitted += 1
            state.tasks.total += tokens
        }
    }

    func end(success: Bool) {
        state.withLock { state in
            state.tasks.busy -= 1
            if success { state.tasks.success += 1 } else { state.tasks.failure += 1 }
        }
    }

    func answered(_ status: Int, in duration: Duration) {
        state.withLock { state in
            state.requests.byStatus[status, default: 0] += 1
            state.requests.seconds += duration / .seconds(1)
        }
    }
}

/// Counts the answers of the front.
struct GorushCounting: RouterMiddleware {
    typealias Context = APIContext
    let statistics: GorushStatistics

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        do {
            let response = try await next(request, context)
            statistics.answered(response.status.code, in: .now - start)
            return response
        } catch {
            statistics.answered((error as? any HTTPResponseError)?.status.code ?? 500, in: .now - start)
            throw error
        }
    }
}
