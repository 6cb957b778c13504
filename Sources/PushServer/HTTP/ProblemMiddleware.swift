import HTTPTypes
import Hummingbird
import Logging
import PushSender
import PushStorage

/// Every error that leaves the server is a ``Problem``, and what nobody expected is logged without what the client sent.
struct ProblemMiddleware<Context: RequestContext>: RouterMiddleware {
    let logger: Logger

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            let problem = problem(error, request)
            return try problem.response(from: request, context: context)
        }
    }

    private func problem(_ error: any Error, _ request: Request) -> Problem {
        switch error {
        case let error as Problem: return error
        case let error as PushProblem: return Problem(error)
        case let error as HTTPError: return Self.problem(error, request)
        case is CancellationError: return .databaseUnavailable
        case let error as StorageError:
            logger.error("The database failed", metadata: ["method": "\(request.method)", "error": "\(error)"])
            return error.code == .inDoubt ? .databaseInDoubt : .databaseUnavailable
        default:
            logger.error("A request failed", metadata: ["method": "\(request.method)", "error": "\(error)"])
            return Problem(
                .internalServerError, "internal_error", "this should not have happened; the server's log says more")
        }
    }

    private static func problem(_ error: HTTPError, _ request: Request) -> Problem {
        switch error.status {
        case .notFound:
            Problem(.notFound, "not_found", "there is nothing at \(request.method) \(request.uri.path)")
        case .contentTooLarge:
            Problem(.contentTooLarge, "too_large", "the request body is larger than this route takes")
        default:
            Problem(error.status, "http_error", error.body ?? error.status.reasonPhrase)
        }
    }
}
