/// An error as Google writes it: a status, a canonical code, details (Firebase: ErrorCode; AIP-193).
struct FCMRefusal: Sendable {
    /// A field that is wrong, by its path, and why.
    struct Violation: Sendable, Equatable {
        let field: String
        let description: String
    }

    var status: Int
    var message: String
    /// Of the detail `FcmError`; nil when it isn't FCM that refuses.
    var errorCode: String?
    var violations: [Violation] = []

    init(status: Int, errorCode: String?, message: String? = nil, violations: [Violation] = []) {
        self.status = status
        self.errorCode = errorCode
        self.message = message ?? Self.usualMessage(status)
        self.violations = violations
    }

    static let missingCredential = FCMRefusal(
        status: 401, errorCode: nil,
        message: "Request is missing required authentication credential. " + expected)
    static let invalidCredential = FCMRefusal(
        status: 401, errorCode: nil,
        message: "Request had invalid authentication credentials. " + expected)
    private static let expected = "Expected OAuth 2 access token, login cookie or other valid authentication credential. "
        + "See https://developers.google.com/identity/sign-in/web/devconsole-project."
    static let notJSON = FCMRefusal(status: 400, errorCode: nil, message: "Invalid JSON payload received. Unexpected token.")

    static func otherProject(_ project: Substring) -> FCMRefusal {
        let resource = "//cloudresourcemanager.googleapis.com/projects/\(project)"
        let message = "Permission 'cloudmessaging.messages.create' denied on resource '\(resource)' (or it may not exist)."
        return .init(status: 403, errorCode: nil, message: message)
    }

    static func unknownPath(_ path: String) -> FCMRefusal {
        .init(status: 404, errorCode: nil, message: "The requested URL \(path) was not found on this server.")
    }

    static func ofSchema(_ violations: [Violation]) -> FCMRefusal {
        .init(status: 400, errorCode: nil, message: violations.map(\.description).joined(separator: "\n"), violations: violations)
    }

    /// A field whose kind is right and whose value isn't.
    static func invalid(_ field: String, _ message: String) -> FCMRefusal {
        .init(status: 400, errorCode: "INVALID_ARGUMENT", message: message, violations: [.init(field: field, description: message)])
    }

    var reply: SimulatorReply {
        var details: [String] = []
        if let errorCode {
            details.append(#"{"@type":"type.googleapis.com/google.firebase.fcm.v1.FcmError","errorCode":\#(JSONText.quoted(errorCode))}"#)
        }
        if !violations.isEmpty {
            let list = violations.map { #"{"field":\#(JSONText.quoted($0.field)),"description":\#(JSONText.quoted($0.description))}"# }
            details.append(#"{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[\#(list.joined(separator: ","))]}"#)
        }
        let tail = details.isEmpty ? "" : #","details":[\#(details.joined(separator: ","))]"#
        let error =
            #"{"error":{"code":\#(status),"message":\#(JSONText.quoted(message)),"status":"\#(Self.canonicalCode(status))"\#(tail)}}"#
        return .json(status, error)
    }

    /// google.rpc.Code
    private static func canonicalCode(_ status: Int) -> String {
        switch status {
        case 400: "INVALID_ARGUMENT"
        case 401: "UNAUTHENTICATED"
        case 403: "PERMISSION_DENIED"
        case 404: "NOT_FOUND"
        case 409: "ABORTED"
        case 429: "RESOURCE_EXHAUSTED"
        case 503: "UNAVAILABLE"
        case 504: "DEADLINE_EXCEEDED"
        case 500: "INTERNAL"
        default: "UNKNOWN"
        }
    }

    /// FCM's own code that most often comes with a status.
    static func usualErrorCode(_ status: Int) -> String? {
        switch status {
        case 400: "INVALID_ARGUMENT"
        case 403: "SENDER_ID_MISMATCH"
        case 404: "UNREGISTERED"
        case 429: "QUOTA_EXCEEDED"
        case 500: "INTERNAL"
        case 503: "UNAVAILABLE"
        default: nil
        }
    }

    private static func usualMessage(_ status: Int) -> String {
        switch status {
        case 400: "The registration token is not a valid FCM registration token"
        case 403: "SenderId mismatch"
        case 404: "Requested entity was not found."
        case 429: "Resource has been exhausted (e.g. check quota)."
        case 500: "Internal error encountered."
        case 503: "The service is currently unavailable."
        default: "The request was refused."
        }
    }
}
