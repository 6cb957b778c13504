import Foundation
import HTTPTypes
import Hummingbird
import JSON
import Logging
import NIOCore
import NIOEmbedded
import PushSender
import PushStorage

@testable import PushServer

/// The routes of `/v1/keys`, `/v1/audit` and `/v1/apps`, with their guards and limits, without a socket.
final class AccessServer: Sendable {
    let parts: AccessParts
    let database: OpenDatabase
    let keys: KeyMaking
    private let folder: URL
    private let responder: any HTTPResponder<APIContext>

    init(_ settings: LimitSettings = LimitSettings()) async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "herald-\(UUID().uuidString)")
        let data = try DataFolder(path: folder.path)
        let database = try OpenDatabase(sqlite: data.database)
        self.database = database
        parts = try await AccessParts(
            database, try await ServerKeys(data, ServerSettings(), database), settings, transport: NoTransport(),
            logger: Logger(label: "test"))
        keys = KeyMaking(store: SQLKeyStore(database), now: database.now)
        let router = Router(context: APIContext.self)
        let api = router.group("v1").add(middleware: parts.limits).add(middleware: ProblemMiddleware(logger: Logger(label: "test")))
        parts.addRoutes(to: api)
        for (path, guarding) in [("register", parts.guards.register), ("send", parts.guards.send)] {
            api.group(RouterPath(path)).add(middleware: guarding).get { _, _ in "done" }
        }
        responder = router.buildResponder()
    }

    deinit {
        database.close()
        try? FileManager.default.removeItem(at: folder)
    }

    func key(_ scope: KeyScope, app: AppID = .default) async throws -> (key: APIKey, secret: String) {
        try await keys.create(app: app, name: "test", scope: scope)
    }

    struct Answer: Sendable {
        let status: Int
        let headers: HTTPFields
        let text: String

        var json: JSONValue { (try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))) ?? .null }

        func text(_ name: String) -> String? { if case .string(let text)? = json[name] { text } else { nil } }
    }

    func ask(
        _ method: HTTPRequest.Method = .get, _ path: String, key: String?, from address: String = "203.0.113.1",
        forwarded: String? = nil, _ body: String = ""
    ) async throws -> Answer {
        var head = HTTPRequest(method: method, scheme: "http", authority: "test", path: "/v1/" + path)
        if let key { head.headerFields[.authorization] = "Bearer \(key)" }
        if let forwarded { head.headerFields[.forwardedFor] = forwarded }
        if !body.isEmpty { head.headerFields[.contentLength] = String(body.utf8.count) }
        let channel = EmbeddedChannel()
        channel.remoteAddress = try SocketAddress(ipAddress: address, port: 1)
        let context = APIContext(source: .init(channel: channel, logger: Logger(label: "test")))
        let response = try await responder.respond(
            to: Request(head: head, body: .init(buffer: ByteBuffer(string: body))), context: context)
        let text = Collected()
        try await response.body.write(Collector(text: text))
        return Answer(status: response.status.code, headers: response.headers, text: text.value)
    }
}

private final class Collected {
    var value = ""
}

private struct Collector: ResponseBodyWriter {
    let text: Collected

    mutating func write(_ buffer: ByteBuffer) async throws { text.value += String(buffer: buffer) }
    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
