#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A "no" to an application server, with the statuses and numbers of Mozilla's push service, which senders know.
public struct EndpointRefusal: Error, Sendable, Hashable {
    /// HTTP status.
    public var status: Int
    /// Mozilla's number for the reason; null in the reply when there is none.
    public var errno: Int?
    /// What is wrong and what to do about it.
    public var message: String
    /// For the header `Retry-After`.
    public var retryAfterSeconds: Int?
    /// For the header `Cache-Control: max-age=`.
    public var cacheSeconds: Int?

    init(_ status: Int, errno: Int?, _ message: String, retryAfterSeconds: Int? = nil, cacheSeconds: Int? = nil) {
        self.status = status
        self.errno = errno
        self.message = message
        self.retryAfterSeconds = retryAfterSeconds
        self.cacheSeconds = cacheSeconds
    }

    /// The reply's body: `{"code","errno","error","message","more_info"}`.
    public var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Strings and numbers: encoding them cannot fail.
        return (try? encoder.encode(Body(self))).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    private struct Body: Encodable {
        let code: Int
        let errno: Int?
        let error: String
        let message: String
        let more_info = "https://www.rfc-editor.org/rfc/rfc8030"

        init(_ refusal: EndpointRefusal) {
            code = refusal.status
            errno = refusal.errno
            error = reasonPhrase(refusal.status)
            message = refusal.message
        }

        enum CodingKeys: String, CodingKey { case code, errno, error, message, more_info }

        func encode(to encoder: any Encoder) throws {
            var fields = encoder.container(keyedBy: CodingKeys.self)
            try fields.encode(code, forKey: .code)
            try fields.encode(errno, forKey: .errno)
            try fields.encode(error, forKey: .error)
            try fields.encode(message, forKey: .message)
            try fields.encode(more_info, forKey: .more_info)
        }
    }
}

private func reasonPhrase(_ status: Int) -> String {
    switch status {
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 404: "Not Found"
    case 408: "Request Timeout"
    case 410: "Gone"
    case 413: "Payload Too Large"
    case 418: "I'm a teapot"
    case 429: "Too Many Requests"
    case 502: "Bad Gateway"
    case 503: "Service Unavailable"
    default: "Error"
    }
}
