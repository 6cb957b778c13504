import HTTPTransport
import HTTPTypes
import Hummingbird
import NIOCore

/// `POST PREFIX/METHOD`, `PREFIX/batch` and, in the legacy style, `PREFIX`. Paths below the prefix that aren't Centrifugo's belong to
/// whoever wants them.
struct CentrifugoFront: RouterMiddleware {
    typealias Context = APIContext

    private let prefix: String
    private let usesTransportErrors: Bool
    private let authentication: CentrifugoAuthentication
    private let dispatcher: CentrifugoDispatcher

    init(_ settings: CentrifugoSettings, _ dispatcher: CentrifugoDispatcher) {
        prefix = settings.handlerPrefix
        usesTransportErrors = settings.usesTransportErrors
        authentication = CentrifugoAuthentication(settings)
        self.dispatcher = dispatcher
    }

    private static let bodyLimitBytes = 4 << 20

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        guard let name = name(request.uri.path) else { return try await next(request, context) }
        if name.isEmpty || name == "batch" || CentrifugoDispatcher.isMethod(name) { return try await answer(name, request) }
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound {
            return try await dispatcher.upstream == nil ? .plain(.notFound) : answer(name, request)
        }
    }

    /// What stands behind the prefix, nothing for the prefix itself; nil elsewhere.
    private func name(_ path: String) -> String? {
        if path == prefix { return "" }
        guard path.hasPrefix(prefix + "/") else { return nil }
        let name = path.dropFirst(prefix.count + 1)
        return name.isEmpty || name.contains("/") ? nil : String(name)
    }

    /// In the order of the original's checks.
    private func answer(_ name: String, _ request: Request) async throws -> Response {
        guard request.method == .post else { return Response(status: .methodNotAllowed) }
        guard authentication.admits(request) else { return Response(status: .unauthorized) }
        do {
            let body = try await request.bytes(Self.bodyLimitBytes)
            switch name {
            case "": return .json(try await CentrifugoLegacy(dispatcher).replies(to: body))
            case "batch": return .json(try await CentrifugoBatch(dispatcher).replies(to: body))
            default: return try await answer(name, body, inTransportMode: isTransport(request))
            }
        } catch let malformed as MalformedBody {
            return .plain(.badRequest, malformed.problem)
        } catch let problem as Problem where [.contentTooLarge, .requestTimeout].contains(problem.status) {
            return .plain(problem.status, problem.detail)
        }
    }

    private func isTransport(_ request: Request) -> Bool {
        usesTransportErrors || request.headers[.centrifugoErrorMode] == "transport"
    }

    private func answer(_ name: String, _ body: [UInt8], inTransportMode: Bool) async throws -> Response {
        guard !body.isEmpty else { throw MalformedBody("the body is empty; send a JSON object") }
        if let upstream = dispatcher.upstream, !CentrifugoDispatcher.isPush(name) {
            return try await passOn(name, body, to: upstream, inTransportMode: inTransportMode)
        }
        if !CentrifugoDispatcher.isPush(name) { try GoJSON.check(body) }
        guard let call = try dispatcher.call(name, body) else { return .plain(.notFound) }
        switch await dispatcher.result(of: call, name) {
        case .success(let result): return .json(Array(#"{"result":"#.utf8) + result + Array("}".utf8))
        case .failure(let error): return .refusal(error, inTransportMode: inTransportMode)
        }
    }

    private func passOn(_ name: String, _ body: [UInt8], to upstream: CentrifugoUpstream, inTransportMode: Bool) async throws -> Response {
        let mode = inTransportMode ? [(name: "x-centrifugo-error-mode", value: "transport")] : []
        do {
            let reply = try await upstream.reply(name, body, headers: mode)
            return Response(
                status: .init(code: reply.status), headers: [.contentType: reply.header("content-type") ?? "application/json"],
                body: .init(byteBuffer: ByteBuffer(bytes: reply.body)))
        } catch let error as CentrifugoError {
            return .refusal(error, inTransportMode: inTransportMode)
        }
    }
}

extension Response {
    fileprivate static func json(_ body: [UInt8], status: HTTPResponse.Status = .ok) -> Response {
        Response(status: status, headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }

    fileprivate static func refusal(_ error: CentrifugoError, inTransportMode: Bool) -> Response {
        var response: Response =
            inTransportMode
            ? .json(error.json, status: error.status) : .json(Array(#"{"error":"#.utf8) + error.json + Array("}".utf8))
        response.headers[.heraldProblem] = headerText(error.problem)
        return response
    }

    /// What Go's `http.Error` says.
    fileprivate static func plain(_ status: HTTPResponse.Status, _ problem: String? = nil) -> Response {
        let text = status == .notFound ? "404 page not found\n" : status.reasonPhrase + "\n"
        var response = Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8", .contentTypeOptions: "nosniff"],
            body: .init(byteBuffer: ByteBuffer(string: text)))
        response.headers[.heraldProblem] = problem.map(headerText)
        return response
    }
}

/// A header holds one line of ASCII (RFC 9110 §5.5).
func headerText(_ text: String) -> String {
    String(decoding: text.utf8.prefix(500).map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
}
