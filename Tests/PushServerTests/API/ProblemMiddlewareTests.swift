import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import PushStorage
import Testing

@testable import PushServer

@Suite struct ProblemMiddlewareTests {
    /// Only what is known not to have happened is called so.
    @Test(arguments: [
        (StorageError.Code.unavailable, "storage_unavailable"), (.full, "storage_unavailable"), (.inDoubt, "storage_in_doubt"),
    ])
    func aDatabaseThatFailsIsSaidAsItIs(_ code: StorageError.Code, _ said: String) async throws {
        let middleware = ProblemMiddleware<APIContext>(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let context = APIContext(source: .init(channel: EmbeddedChannel(), logger: Logger(label: "test")))
        let request = Request(head: HTTPRequest(method: .post, scheme: "http", authority: "test", path: "/"), body: .init(buffer: ByteBuffer()))
        let answer = try await middleware.handle(request, context: context) { _, _ in throw StorageError(code, "away") }
        let body = Said()
        try await answer.body.write(Hearing(said: body))
        #expect(answer.status == .serviceUnavailable && answer.headers[.retryAfter] == "5")
        #expect(body.text.contains("\"\(said)\""), "\(body.text)")
        #expect(body.text.contains("nothing was accepted") == (code != .inDoubt))
    }
}

private final class Said {
    var text = ""
}

private struct Hearing: ResponseBodyWriter {
    let said: Said

    mutating func write(_ buffer: ByteBuffer) async throws { said.text += String(buffer: buffer) }
    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
