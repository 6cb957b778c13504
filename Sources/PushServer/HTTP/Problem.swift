import HTTPTypes
import Hummingbird
import PushSender
import PushStorage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An error as the native API answers it: `application/problem+json` (RFC 9457).
struct Problem: Error, HTTPResponseError {
    let status: HTTPResponse.Status
    /// For programs. Never changes its meaning.
    let code: String
    /// For people: what is wrong and what to do.
    let detail: String
    /// The field at fault, as the API spells it.
    var field: String?
    var retryAfterSeconds: Int?

    init(
        _ status: HTTPResponse.Status, _ code: String, _ detail: String, field: String? = nil, retryAfterSeconds: Int? = nil
    ) {
        self.status = status
        self.code = code
        self.detail = detail
        self.field = field
        self.retryAfterSeconds = retryAfterSeconds
    }

    private struct Body: Encodable {
        let type = "about:blank"
        let title: String
        let status: Int
        let code: String
        let detail: String
        let field: String?
    }

    func response(from request: Request, context: some RequestContext) throws -> Response {
        var response = try JSONReply(
            status, Body(title: status.reasonPhrase, status: status.code, code: code, detail: detail, field: field)
        ).response
        response.headers[.contentType] = "application/problem+json"
        if let retryAfterSeconds { response.headers[.retryAfter] = String(retryAfterSeconds) }
        if status == .unauthorized { response.headers[.wwwAuthenticate] = "Bearer realm=\"herald\"" }
        return response
    }
}

extension Problem {
    init(_ problem: PushProblem) {
        let status: HTTPResponse.Status = problem.code == .keyReused ? .conflict : .unprocessableContent
        self.init(status, problem.code.rawValue, problem.description, field: problem.field)
    }

    /// A field's value that can't be meant.
    static func invalid(_ field: String, _ reason: String) -> Problem {
        Problem(.unprocessableContent, "invalid_field", "\(field): \(reason)", field: field)
    }

    /// A field that nobody reads.
    static func unknown(field: String, among known: [String]) -> Problem {
        Problem(
            .unprocessableContent, "unknown_field", "\(field) is no field here; known are \(known.joined(separator: ", "))", field: field)
    }

    static func noSuch(_ thing: String, _ id: String) -> Problem {
        Problem(.notFound, "not_found", "there is no \(thing) \(id)")
    }

    /// The request was not here in time.
    static func requestTimeout(seconds: Int) -> Problem {
        Problem(
            .requestTimeout, "request_timeout",
            "the request was not here as a whole \(seconds) seconds after its head; send it again, and faster or in smaller parts")
    }

    static let databaseUnavailable = Problem(
        .serviceUnavailable, "storage_unavailable",
        "the database can't be written or read right now; nothing was accepted, try again later", retryAfterSeconds: 5)

    static let databaseInDoubt = Problem(
        .serviceUnavailable, "storage_in_doubt",
        "the database was lost while it was written: what you asked for may have happened, or not; look before you ask again",
        retryAfterSeconds: 5)
}
