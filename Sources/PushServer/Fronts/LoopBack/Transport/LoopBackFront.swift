import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import PushSender
import PushStorage

/// `/api/installations`, `/api/notifications`, `/api/applications`, `/api/push` and `/notify/:id`. Other paths are others'; those below
/// `/api` that nobody wants get LoopBack's 404.
struct LoopBackFront: RouterMiddleware {
    typealias Context = APIContext

    let access: LoopBackAccess
    let limits: RateMiddleware
    let models: [LoopBackStoredModel]
    let push: LoopBackPush
    let logger: Logger

    private static let bodyLimitBytes = 4 << 20

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        guard let target = target(request.uri.path) else { return try await next(request, context) }
        if case .stranger(let path) = target { return try await pass(request, context, path, next) }
        return try await limits.handle(request, context: context) { request, context in
            await answer(request) { try await reply(to: request, target, context) }
        }
    }

    // MARK: Paths

    private enum Target {
        case model(LoopBackStoredModel, [String])
        case push([String])
        case notify(String)
        /// Somebody else's, perhaps: as it stands below `/api`.
        case stranger(String)
    }

    /// Slashes may come twice: the Android SDK's root ends in one. Nil for what isn't below `/api`.
    private func target(_ path: String) -> Target? {
        let names = path.split(separator: "/").map { $0.removingPercentEncoding ?? String($0) }
        if names.count == 2, names[0] == "notify" { return .notify(names[1]) }
        guard names.first == "api" else { return nil }
        let rest = Array(names.dropFirst(2)), first = names.dropFirst().first?.lowercased() ?? ""
        if first == "push" { return .push(rest) }
        if let model = models.first(where: { $0.model.plural == first }) { return .model(model, rest) }
        return .stranger("/" + names.dropFirst().joined(separator: "/"))
    }

    private func pass(
        _ request: Request, _ context: APIContext, _ path: String, _ next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound {
            return LoopBackErrorPage(request).response(.noMethod(request.method, path))
        }
    }

    // MARK: Answering

    private func reply(to request: Request, _ target: Target, _ context: APIContext) async throws -> LoopBackReply {
        guard LoopBackAccept(request.headers[values: .accept]).takesJSON else { throw LoopBackError(.notAcceptable, "Not Acceptable") }
        let caller = try await access.caller(of: request, context)
        switch target {
        case .notify(let id):
            guard request.method == .post else { throw LoopBackError.noMethod(request.method, "/notify/" + id) }
            return try await push.notify(id, caller)
        case .push(let path): return try await push.answer(try await read(request, path, caller))
        case .model(let model, let path): return try await model.answer(try await read(request, path, caller))
        case .stranger(let path): throw LoopBackError.noMethod(request.method, path)
        }
    }

    private func read(_ request: Request, _ path: [String], _ caller: LoopBackCaller) async throws -> LoopBackRequest {
        let body = try await request.bytes(Self.bodyLimitBytes)
        return LoopBackRequest(
            method: request.method, path: path, query: LoopBackQuery.value(request.uri.query ?? ""),
            body: try Self.body(body, request.headers[.contentType] ?? ""), caller: caller,
            idempotency: try Idempotency(request, Array((request.uri.query ?? "").utf8) + body))
    }

    /// What comes in no form that is read is as good as nothing.
    private static func body(_ bytes: [UInt8], _ contentType: String) throws(LoopBackError) -> LoopBackValue {
        let type = contentType.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        guard !bytes.isEmpty else { return .emptyObject }
        switch type {
        case "application/x-www-form-urlencoded": return LoopBackQuery.value(String(decoding: bytes, as: UTF8.self))
        case _ where type == "application/json" || type.hasSuffix("+json"):
            do throws(LoopBackSyntaxError) { return try LoopBackValue(json: bytes) } catch { throw .syntax(error) }
        default: return .emptyObject
        }
    }

    /// Errors in LoopBack's words, whoever made them.
    private func answer(_ request: Request, _ work: () async throws -> LoopBackReply) async -> Response {
        do {
            return try await work().response(withBody: request.method != .head)
        } catch {
            if LoopBackError.isTrouble(error) {
                logger.error("A request of LoopBack's failed", metadata: ["method": "\(request.method)", "error": "\(error)"])
            }
            return LoopBackErrorPage(request).response(LoopBackError(error))
        }
    }
}

extension LoopBackReply {
    fileprivate func response(withBody: Bool) -> Response {
        guard let body else { return Response(status: status) }
        return Response(
            status: status, headers: [.contentType: contentType], body: withBody ? .init(byteBuffer: ByteBuffer(string: body)) : .init())
    }
}

extension LoopBackError {
    /// What went wrong in the core, in LoopBack's words.
    init(_ error: any Error) {
        switch error {
        case let error as LoopBackError: self = error
        case let error as PushProblem: self.init(.unprocessableContent, error.description)
        case let error as Problem where error.status == .unauthorized: self = .unauthorized(LoopBackAccess.remedy)
        case let error as Problem:
            self.init(error.status, error.status.code < 500 ? error.detail : error.status.reasonPhrase, remedy: error.detail)
            retryAfterSeconds = error.retryAfterSeconds
        case let error as StorageError:
            let problem = error.code == .inDoubt ? Problem.databaseInDoubt : .databaseUnavailable
            self.init(problem)
        default: self.init(.internalServerError, "Internal Server Error")
        }
    }

    /// Worth the operator's attention.
    fileprivate static func isTrouble(_ error: any Error) -> Bool { !(error is LoopBackError || error is PushProblem || error is Problem) }
}
