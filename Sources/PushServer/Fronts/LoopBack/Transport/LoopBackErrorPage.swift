import HTTPTypes
import Hummingbird
import NIOCore

/// How an error is shown to a client: JSON, or a page where that is what it wants.
struct LoopBackErrorPage {
    private let isHTML: Bool
    private let hasBody: Bool

    init(_ request: Request) {
        isHTML = LoopBackAccept(request.headers[values: .accept]).prefersHTML
        hasBody = request.method != .head
    }

    func response(_ error: LoopBackError) -> Response {
        var headers: HTTPFields = [.contentType: isHTML ? "text/html; charset=utf-8" : "application/json; charset=utf-8"]
        headers[.heraldProblem] = error.remedy.map(Self.line)
        headers[.retryAfter] = error.retryAfterSeconds.map { String($0) }
        let body = isHTML ? Self.page(error) : LoopBackValue.object(["error": error.body]).json
        return Response(status: error.status, headers: headers, body: hasBody ? .init(byteBuffer: ByteBuffer(string: body)) : .init())
    }

    private static func page(_ error: LoopBackError) -> String {
        let title = error.status.code < 500 ? "\(error.name) (\(error.status.code))" : "\(error.status.code)"
        return """
            <!DOCTYPE html>
            <html><head><meta charset="utf-8"><title>\(escaped(title))</title></head>
            <body><h1>\(escaped(title))</h1><p>\(escaped(error.message))</p></body></html>
            """
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
    }

    /// A header holds one line of ASCII (RFC 9110 §5.5).
    private static func line(_ text: String) -> String {
        String(decoding: text.utf8.prefix(500).map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}
