import HTTPTypes

/// An error in LoopBack's words.
struct LoopBackError: Error, Sendable {
    let status: HTTPResponse.Status
    var name = "Error"
    let message: String
    var code: String?
    /// What clients may read beside the message.
    var details: LoopBackValue?
    /// For people, what to do about it, where the original's words don't say: goes out as a header.
    var remedy: String?
    var retryAfterSeconds: Int?

    init(_ status: HTTPResponse.Status, _ message: String, code: String? = nil, details: LoopBackValue? = nil, remedy: String? = nil) {
        self.status = status
        self.message = message
        self.code = code
        self.details = details
        self.remedy = remedy
    }

    /// The member `error` of the body. Of our own trouble it says nothing but the status, unless there are details.
    var body: LoopBackValue {
        var body = LoopBackValue.object(["statusCode": .integer(status.code)])
        if status.code < 500 { body["name"] = .string(name) }
        body["message"] = .string(message)
        body["code"] = code.map { .string($0) }
        body["details"] = details
        return body
    }
}

extension LoopBackError {
    static func badRequest(_ message: String, code: String? = nil, details: LoopBackValue? = nil) -> Self {
        Self(.badRequest, message, code: code, details: details)
    }

    static let notAnObject = badRequest("Value is not an object.")

    static func unauthorized(_ remedy: String) -> Self {
        Self(.unauthorized, "Authorization Required", code: "AUTHORIZATION_REQUIRED", remedy: remedy)
    }

    static func denied(_ remedy: String) -> Self { Self(.forbidden, "Access Denied", code: "ACCESS_DENIED", remedy: remedy) }

    /// - Parameter path: below the API's root.
    static func noMethod(_ method: HTTPRequest.Method, _ path: String) -> Self {
        Self(.notFound, "There is no method to handle \(method.rawValue) \(path)")
    }

    /// - Parameter path: below the model's.
    static func noMethod(_ method: HTTPRequest.Method, _ path: String, of model: String) -> Self {
        Self(.notFound, "Shared class \"\(model)\" has no method handling \(method.rawValue) \(path)")
    }

    static func unknown(_ model: String, id: String) -> Self {
        Self(.notFound, "Unknown \"\(model)\" id \"\(id)\".", code: "MODEL_NOT_FOUND")
    }

    static func syntax(_ error: LoopBackSyntaxError) -> Self {
        var problem = badRequest(error.message)
        problem.name = "SyntaxError"
        return problem
    }

    /// A rule that a member of an object breaks.
    struct Flaw: Sendable {
        let property: String
        let code: String
        let message: String
        /// As JavaScript shows it.
        let value: String

        static func blank(_ property: String, _ value: LoopBackValue?) -> Self {
            Self(property: property, code: "presence", message: "can't be blank", value: value?.json ?? "undefined")
        }
    }

    /// - Parameter flaws: at least one.
    static func invalid(_ model: String, _ flaws: [Flaw]) -> Self {
        let list = flaws.map { "`\($0.property)` \($0.message) (value: \($0.value))" }.joined(separator: "; ")
        var codes = LoopBackValue.emptyObject, messages = LoopBackValue.emptyObject
        for flaw in flaws {
            codes[flaw.property] = .array((codes[flaw.property]?.elements ?? []) + [.string(flaw.code)])
            messages[flaw.property] = .array((messages[flaw.property]?.elements ?? []) + [.string(flaw.message)])
        }
        var error = Self(
            .unprocessableContent, "The `\(model)` instance is not valid. Details: \(list).",
            details: .object(["context": .string(model), "codes": codes, "messages": messages]))
        error.name = "ValidationError"
        return error
    }
}
