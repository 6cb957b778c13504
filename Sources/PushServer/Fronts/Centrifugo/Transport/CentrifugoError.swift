import HTTPTypes
import PushSender

/// An error in Centrifugo's words. The message says as little as the original's does; what is wrong and what to do is told apart.
struct CentrifugoError: Error, Sendable {
    let code: Int
    let message: String
    /// For people: names the field and the remedy. Goes out as a header, since clients know the messages.
    let problem: String

    static func badRequest(_ problem: String) -> Self { Self(code: 107, message: "bad request", problem: problem) }
    static func notFound(_ problem: String) -> Self { Self(code: 104, message: "not found", problem: problem) }
    static func notAvailable(_ problem: String) -> Self { Self(code: 108, message: "not available", problem: problem) }
    static func conflict(_ problem: String) -> Self { Self(code: 113, message: "conflict", problem: problem) }
    static func internalError(_ problem: String) -> Self { Self(code: internalCode, message: "internal server error", problem: problem) }

    /// The one error that may be another's fault than the caller's: the same again may work.
    static let internalCode = 100

    /// In transport mode.
    var status: HTTPResponse.Status {
        switch code {
        case 102, 104: .notFound
        case 107, 108: .badRequest
        case 112: .rangeNotSatisfiable
        case 113: .conflict
        default: .internalServerError
        }
    }

    var json: [UInt8] {
        Array(#"{"code":\#(code),"message":""#.utf8) + message.utf8.filter { $0 != 0x22 && $0 != 0x5C } + Array(#""}"#.utf8)
    }
}

extension CentrifugoError {
    /// What went wrong in the core, in Centrifugo's words.
    init(_ error: any Error) {
        switch error {
        case let error as CentrifugoError: self = error
        case let error as PushProblem where error.code == .keyReused:
            self = .conflict("uid: another push has it; take a new one for each")
        case let error as PushProblem: self = .badRequest(error.description)
        case let error as MalformedBody: self = .badRequest(error.problem)
        case let error as Problem where error.status.code < 500: self = .badRequest(error.detail)
        case let error as Problem: self = .internalError(error.detail)
        default: self = .internalError("the server's log says more")
        }
    }

    /// Worth the operator's attention.
    static func isTrouble(_ error: any Error) -> Bool { !(error is CentrifugoError || error is PushProblem || error is Problem) }
}

/// A body that Go's decoder would refuse: answered as 400 in plain text, in every error mode.
struct MalformedBody: Error {
    let problem: String
    init(_ problem: String) { self.problem = problem }
}
