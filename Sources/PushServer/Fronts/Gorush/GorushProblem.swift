import HTTPTypes
import Hummingbird
import NIOCore
import PushSender

/// An error as gorush answers it: `{"code":400,"message":"…"}`.
struct GorushProblem: Error {
    let status: HTTPResponse.Status
    let message: String

    init(_ status: HTTPResponse.Status, _ message: String) {
        self.status = status
        self.message = message
    }

    /// For a body that isn't JSON, has no `notifications`, or has one without tokens or platform.
    static let missing = GorushProblem(.badRequest, "Missing notifications field.")
    static let empty = GorushProblem(.badRequest, "Notifications field is empty.")
    static func tooMany(_ count: Int, limit: Int) -> GorushProblem {
        GorushProblem(.badRequest, "Number of notifications(\(count)) over limit(\(limit))")
    }

    fileprivate var response: Response {
        let body = JSONMembers.object(["code": "\(status.code)", "message": JSONMembers.string(message)])
        return JSONReply(status, text: ByteBuffer(string: body), headers: [:]).response
    }
}

/// Answers mistakes as gorush's clients know them; trouble of our own goes on to ``ProblemMiddleware``.
struct GorushProblems: RouterMiddleware {
    typealias Context = APIContext

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let problem as GorushProblem {
            return problem.response
        } catch let problem as Problem {
            var response = GorushProblem(problem.status, problem.detail).response
            if let seconds = problem.retryAfterSeconds { response.headers[.retryAfter] = String(seconds) }
            return response
        } catch let problem as PushProblem {
            return GorushProblem(.badRequest, problem.description).response
        }
    }
}
