import HTTPTypes
import Hummingbird
import PushSender

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `/v1/receipts`: what devices say of the pushes that reached them.
struct ReceiptRoutes: Sendable {
    let links: ReceiptLinks
    let counter: ReceiptCounter
    let store: any ReceiptStore
    let watch: EventWatch
    let now: @Sendable () -> Date

    func add(to routes: RouterGroup<APIContext>, _ guards: RouteGuards) {
        routes.group("receipts").add(middleware: guards.send)
            .post { request, context in try await countAll(request, context) }
    }

    /// The link is the permission; pages and service workers of any origin may follow theirs.
    /// - Parameter routes: behind an ``AnyPageMiddleware``.
    func addLinks(to routes: RouterGroup<APIContext>) {
        routes.post("receipts/:token") { request, context in try await count(request, context) }
        routes.on("receipts/:token", method: .options) { _, _ in Response(status: .noContent) }
    }

    // MARK: By link

    private func count(_ request: Request, _ context: APIContext) async throws -> Response {
        guard let link = links.receipt(token: try context.parameters.require("token")) else {
            throw Problem(.notFound, "not_found", "this is no link for receipts")
        }
        let kind = try await kind(request)
        guard try await counter.count(LinkedReceipt(kind, by: link)) != .unknownPush else {
            throw Problem(.gone, "gone", "receipts of this push aren't counted any more")
        }
        watch.ring()
        return Response(status: .noContent)
    }

    /// In the query, for `navigator.sendBeacon`, or in the body.
    private func kind(_ request: Request) async throws -> ReceiptKind {
        if let name = request.uri.queryParameters["event"] { return try Self.kind(String(name), "event") }
        return try Self.kind(try await request.body(LinkedBody.self, limitBytes: 1024).event, "event")
    }

    fileprivate static func kind(_ name: String, _ field: String) throws -> ReceiptKind {
        guard let kind = ReceiptKind(rawValue: name) else {
            throw Problem.invalid(field, "give one of \(ReceiptKind.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return kind
    }

    // MARK: From an App's backend

    private static let limit = 1000

    private func countAll(_ request: Request, _ context: APIContext) async throws -> JSONReply {
        let app = try context.requireApp()
        let body = try await request.body(ReceiptsBody.self)
        guard (1...Self.limit).contains(body.receipts.count) else {
            throw Problem.invalid("receipts", "give from 1 to \(Self.limit)")
        }
        let receipts = try body.receipts.enumerated().map { try $1.checked("receipts[\($0)].event") }
        let verdicts = try await store.record(receipts, app: app, now: now())
        watch.ring()
        return try JSONReply(.ok, ReceiptsReply(verdicts))
    }
}

private struct LinkedBody: RequestBody {
    let event: String
    static let shape = BodyShape.fields("event")
}

private struct ReceiptsBody: RequestBody {
    let receipts: [One]
    static let shape = BodyShape.object(["receipts": .list(.fields("push", "device", "event"))])

    struct One: Decodable {
        let push: String
        let device: String
        let event: String

        func checked(_ field: String) throws -> Receipt {
            Receipt(
                push: PushID(rawValue: push), device: DeviceID(rawValue: device), kind: try ReceiptRoutes.kind(event, field))
        }
    }
}

private struct ReceiptsReply: Encodable {
    let counted: Int
    /// Counted before.
    let repeated: Int
    let refused: [Refused]

    struct Refused: Encodable {
        let index: Int
        let code: String
    }

    init(_ verdicts: [ReceiptVerdict]) {
        counted = verdicts.count { $0 == .counted }
        repeated = verdicts.count { $0 == .repeated }
        refused = verdicts.enumerated().compactMap { index, verdict in
            switch verdict {
            case .counted, .repeated: nil
            case .unknownPush: Refused(index: index, code: "unknown_push")
            case .unknownDevice: Refused(index: index, code: "unknown_device")
            }
        }
    }
}

/// Lets pages of any origin ask, and says so before they do (https://fetch.spec.whatwg.org/#cors-preflight-fetch).
///
/// Stands outside of everything that makes answers of errors: a page can't read an answer that doesn't say so.
struct AnyPageMiddleware: RouterMiddleware {
    typealias Context = APIContext

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        response.headers[.accessControlAllowOrigin] = "*"
        response.headers[.accessControlAllowMethods] = "POST"
        response.headers[.accessControlAllowHeaders] = "Content-Type"
        response.headers[.accessControlMaxAge] = "86400"
        return response
    }
}
