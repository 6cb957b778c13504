import HTTPTypes
import Hummingbird

/// A "no" to a homeserver, in Matrix's words.
struct MatrixProblem: Error, Sendable, Hashable {
    let status: HTTPResponse.Status
    let code: String
    let message: String
    var retryAfterSeconds: Int?

    init(_ status: HTTPResponse.Status, _ code: String, _ message: String, retryAfterSeconds: Int? = nil) {
        self.status = status
        self.code = code
        self.message = message
        self.retryAfterSeconds = retryAfterSeconds
    }

    static let notJSON = MatrixProblem(.badRequest, "M_NOT_JSON", "the body is not JSON: send one JSON object, in UTF-8")
    static func bad(_ message: String) -> MatrixProblem { MatrixProblem(.badRequest, "M_BAD_JSON", message) }
    static let tooLarge = MatrixProblem(
        .contentTooLarge, "M_TOO_LARGE", "the body has more than \(MatrixNotice.limitBytes) bytes")
    static func tooSlow(_ problem: String) -> MatrixProblem { MatrixProblem(.requestTimeout, "M_UNKNOWN", problem) }
    static let noSuchPath = MatrixProblem(.notFound, "M_UNRECOGNIZED", "the push gateway is at /_matrix/push/v1/notify")
    static let wrongMethod = MatrixProblem(
        .methodNotAllowed, "M_UNRECOGNIZED", "the push gateway takes POST, and GET from who looks for it")
    /// A homeserver keeps its pusher, and tries again.
    static let trouble = MatrixProblem(.badGateway, "M_UNKNOWN", "not everything could be handed on; send the same again later")
    static func tooMany(retryAfterSeconds: Int) -> MatrixProblem {
        MatrixProblem(
            .tooManyRequests, "M_LIMIT_EXCEEDED", "too many notifications; send the same again later", retryAfterSeconds: retryAfterSeconds)
    }

    var response: Response {
        var reply = JSONReply(
            status, text: .init(string: JSONMembers.object(["errcode": JSONMembers.string(code), "error": JSONMembers.string(message)])),
            headers: [:]
        ).response
        if let retryAfterSeconds { reply.headers[.retryAfter] = String(retryAfterSeconds) }
        return reply
    }
}
