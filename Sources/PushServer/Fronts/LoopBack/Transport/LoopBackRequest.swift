import HTTPTypes
import PushSender

/// A request to a model, read.
struct LoopBackRequest: Sendable {
    let method: HTTPRequest.Method
    /// What stands behind the model's name, decoded: `["7", "exists"]`.
    let path: [String]
    /// Parameters: strings, and objects and arrays of them where they were written with brackets.
    let query: LoopBackValue
    /// What was sent; an empty object where nothing was, or in no form that is read.
    let body: LoopBackValue
    let caller: LoopBackCaller
    /// From the header `Idempotency-Key`, which LoopBack doesn't have.
    var idempotency: Idempotency?

    /// A parameter that is an object: JSON, or written with brackets.
    /// - Returns: nil where it isn't given, or is empty or `null`.
    func object(_ name: String) throws(LoopBackError) -> LoopBackValue? {
        switch query[name] {
        case nil, .null: return nil
        case .string(let text): return try Self.object(text)
        case .array(let elements): return .array(elements)
        case .object(let members): return .object(members)
        case .bool, .number: throw .notAnObject
        }
    }

    private static func object(_ text: String) throws(LoopBackError) -> LoopBackValue? {
        if text.isEmpty || text == "null" { return nil }
        guard text.hasPrefix("{") && text.hasSuffix("}") || text.hasPrefix("[") && text.hasSuffix("]") else { throw .notAnObject }
        do throws(LoopBackSyntaxError) { return try LoopBackValue(json: text) } catch {
            throw .badRequest("Cannot parse JSON-encoded object value.")
        }
    }

    /// A parameter that is text; nil where it isn't given.
    func text(_ name: String) -> String? { query[name]?.text.flatMap { $0.isEmpty ? nil : $0 } }
}

/// What is said to a request.
struct LoopBackReply: Sendable {
    var status: HTTPResponse.Status = .ok
    /// Nil: no body at all.
    let body: String?
    var contentType = "application/json; charset=utf-8"

    init(_ value: LoopBackValue) { body = value.json }

    /// `OK` and the like.
    init(html: String) {
        body = html
        contentType = "text/html; charset=utf-8"
    }

    init(_ status: HTTPResponse.Status) {
        self.status = status
        body = nil
    }
}
