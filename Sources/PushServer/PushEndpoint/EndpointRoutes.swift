import HTTPTypes
import Hummingbird
import NIOCore
import PushService
import WebPush

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Where application servers post: `/wpush/{version}/{token}` and `/m/{id}` (RFC 8030 §5, with Mozilla's statuses).
struct EndpointRoutes: Sendable {
    let intake: MessageIntake
    let codec: EndpointCodec
    let store: any MessageStore
    let door: MessageDoor
    let receipts: ReceiptBell
    let rates: EndpointLimits
    let posts: PostReader
    let now: @Sendable () -> Date

    func add(to router: Router<APIContext>) {
        let routes = router.group().add(middleware: AnyOriginMiddleware())
        routes.post("wpush/:version/:token") { request, context in
            await post(request, context, version: context.parameters.get("version"), token: context.parameters.get("token"))
        }
        // The old form has no version; the router wants one name for one place in the path.
        routes.post("wpush/:version") { request, context in
            await post(request, context, version: "v1", token: context.parameters.get("version"))
        }
        for path in ["wpush/:version/:token", "wpush/:version", "m/:id"] as [RouterPath] {
            routes.on(path, method: .options) { request, _ in AnyOriginMiddleware.preflight(request) }
        }
        // UnifiedPush, as it was before it was Web Push, asks an endpoint whether it is one; which, it needn't say.
        for path in ["wpush/:version/:token", "wpush/:version"] as [RouterPath] {
            routes.get(path) { _, _ in JSONReply(.ok, text: Self.discovery, headers: [.cacheControl: "max-age=86400"]) }
        }
        routes.delete("m/:id") { _, context in await withdraw(token: context.parameters.get("id")) }
    }

    private static let discovery = ByteBuffer(string: #"{"unifiedpush":{"version":1}}"#)

    // MARK: POST

    private func post(_ request: Request, _ context: APIContext, version: String?, token: String?) async -> Response {
        await posts.answer {
            let message = try intake.message(of: try await posts.read(request, version: version ?? "", token: token ?? ""), now: now())
            try rates.take(message, from: posts.address(of: request, context), now: .now)
            return created(try await door.accept(message), message.ttl)
        }
    }

    /// 202 promises a receipt (RFC 8030 §5.1), 201 nothing more than that the message is here.
    private func created(_ message: AcceptedMessage, _ ttl: TTL) -> Response {
        var headers: HTTPFields = [.location: codec.location(of: message.id), .ttl: String(ttl.seconds)]
        if let receipts = message.receipts {
            headers[.link] = "<\(codec.location(of: receipts))>; rel=\"urn:ietf:params:push:receipt\""
        }
        return Response(status: message.receipts == nil ? .created : .accepted, headers: headers)
    }

    // MARK: DELETE

    private func withdraw(token: String?) async -> Response {
        await posts.answer {
            receipts.ring(try await store.delete([EndedMessage(try intake.message(token: token ?? ""), .dropped)], now: now()))
            return Response(status: .noContent)
        }
    }
}

extension EndpointRefusal {
    /// As Mozilla's service answers.
    var response: Response {
        var headers: HTTPFields = [.contentType: "application/json"]
        if let seconds = retryAfterSeconds { headers[.retryAfter] = String(seconds) }
        if let seconds = cacheSeconds { headers[.cacheControl] = "max-age=\(seconds)" }
        return Response(status: .init(code: status), headers: headers, body: .init(byteBuffer: ByteBuffer(string: json)))
    }
}

extension HTTPField.Name {
    static let ttl = Self("TTL")!
    fileprivate static let link = Self("Link")!
}
