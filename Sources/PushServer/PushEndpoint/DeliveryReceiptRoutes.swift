import HTTPTypes
import Hummingbird
import Logging
import PushService

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `/receipts/{token}`: what became of messages (RFC 8030 §5.1, §6.2). Where the RFC pushes receipts over HTTP/2, which few clients can
/// take, these come as server-sent events, or are posted to a URL.
struct DeliveryReceiptRoutes: Sendable {
    let codec: EndpointCodec
    let store: any DeliveryReceiptStore
    let bell: ReceiptBell
    /// Where receipts may be posted.
    let address: WebhookAddress
    let logger: Logger
    let now: @Sendable () -> Date

    func add(to router: Router<APIContext>) {
        let routes = router.group("receipts/:token").add(middleware: AnyOriginMiddleware())
            .add(middleware: ProblemMiddleware<APIContext>(logger: logger))
        routes.on("", method: .options) { request, _ in AnyOriginMiddleware.preflight(request) }
        routes.get { request, context in try await follow(request, try subscription(context)) }
        routes.put { request, context in try await hook(try await request.body(Hook.self), try subscription(context)) }
        routes.delete { _, context in try await end(try subscription(context)) }
    }

    private func subscription(_ context: APIContext) throws -> ReceiptSubscription {
        guard let subscription = context.parameters.get("token").flatMap({ codec.receipts(token: $0) }) else { throw Self.gone }
        return subscription
    }

    private static let gone = Problem(
        .notFound, "no_receipts",
        "there is no such receipt subscription (any more); send a message with Prefer: respond-async and without a Link for a new one")

    // MARK: Reading

    private func follow(_ request: Request, _ subscription: ReceiptSubscription) async throws -> Response {
        let start = try Self.place(request.headers[.lastEventID])
        guard let page = try await store.receipts(of: subscription, after: start, limit: Self.pageReceipts) else { throw Self.gone }
        if PreferHeader(request.headers[.prefer]).contains("wait") { return try list(page) }
        guard let (rings, ringer) = bell.rings(for: subscription) else { throw Self.tooMany }
        let stream = DeliveryReceiptStream(subscription: subscription, store: store, codec: codec, rings: rings, bell: ringer)
        return Response(status: .ok, headers: Self.headers, body: ResponseBody { writer in
            try await stream.run(from: start, request, &writer)
        })
    }

    private static let pageReceipts = 1000

    /// `Prefer: wait=0`: what there is, at once (RFC 8030 §6.2).
    private func list(_ page: [DeliveryReceipt]) throws -> Response {
        guard let last = page.last else { return Response(status: .noContent) }
        return try JSONReply(.ok, List(receipts: page.map { DeliveryReceiptJSON($0, codec) }, last: "\(last.place)")).response
    }

    private struct List: Encodable {
        let receipts: [DeliveryReceiptJSON]
        /// For `Last-Event-ID`.
        let last: String
    }

    private static let headers: HTTPFields = [
        .contentType: "text/event-stream", .cacheControl: "no-store",
        // nginx would hold events back until it has a buffer full.
        .accelBuffering: "no",
    ]

    private static let tooMany = Problem(
        .tooManyRequests, "too_many_streams",
        "as many readers of receipts are connected as there may be; close one, or have receipts posted (PUT with a hook)",
        retryAfterSeconds: 10)

    private static func place(_ text: String?) throws -> ReceiptPlace {
        guard let text, !text.isEmpty else { return .start }
        guard let place = ReceiptPlace(text) else {
            throw Problem.invalid("Last-Event-ID", "give the id of a receipt as it came, such as 0-42; leave it out to read all")
        }
        return place
    }

    // MARK: Hook and end

    private struct Hook: RequestBody {
        let hook: String?
        static let shape = BodyShape.fields("hook")
    }

    private func hook(_ body: Hook, _ subscription: ReceiptSubscription) async throws -> Response {
        if let url = body.hook, let objection = address.objection(to: url) {
            throw Problem.invalid("hook", "\(objection); give a public https URL that takes receipts, or null for none")
        }
        guard try await store.setHook(of: subscription, to: body.hook, now: now()) else { throw Self.gone }
        return Response(status: .noContent)
    }

    private func end(_ subscription: ReceiptSubscription) async throws -> Response {
        guard try await store.endReceipts(of: subscription) else { throw Self.gone }
        bell.ring([subscription])
        return Response(status: .noContent)
    }
}

extension HTTPField.Name {
    fileprivate static let lastEventID = Self("Last-Event-ID")!
    fileprivate static let accelBuffering = Self("X-Accel-Buffering")!
    fileprivate static let prefer = Self("Prefer")!
}
