import HTTPTypes
import Hummingbird
import Logging
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
    let hub: SocketHub
    let ended: EndedEndpoints
    let receipts: ReceiptBell
    let rates: EndpointLimits
    let trustedProxies: [AddressBlock]
    let limits: PushServiceLimits
    let logger: Logger
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
            routes.on(path, method: .options) { _, _ in AnyOriginMiddleware.preflight }
        }
        routes.delete("m/:id") { _, context in await withdraw(token: context.parameters.get("id")) }
    }

    // MARK: POST

    private func post(_ request: Request, _ context: APIContext, version: String?, token: String?) async -> Response {
        do {
            let message = try intake.message(
                of: try await read(request, version: version ?? "", token: token ?? ""), now: now())
            let address = context.address.client(forwarded: request.headers[values: .forwardedFor], proxies: trustedProxies)
            try rates.take(message, from: address, now: .now)
            return created(message, try await accept(message))
        } catch let refusal as EndpointRefusal {
            return refusal.response
        } catch {
            logger.error("A message could not be stored", metadata: ["error": "\(error)"])
            return EndpointRefusal.storeFailed(retryAfterSeconds: limits.retryAfterSeconds).response
        }
    }

    private func read(_ request: Request, version: String, token: String) async throws -> MessageRequest {
        let headers = MessageRequest.Headers { name in
            HTTPField.Name(name).flatMap { request.headers[$0] }
        }
        let body: [UInt8]
        do {
            body = Array(try await request.body.collect(upTo: limits.bodyBytes).readableBytesView)
        } catch is NIOTooManyBytesError {
            // One byte too many stands for all of them: the headers are judged first, then the size.
            body = Array(repeating: 0, count: limits.bodyBytes + 1)
        }
        return MessageRequest(version: version, token: token, headers: headers, body: body)
    }

    /// Stored first, offered then: whatever happens to the connection, the message is there.
    private func accept(_ message: NewMessage) async throws -> MessageID {
        guard message.isStorable else { return await acceptUnstored(message) }
        switch try await store.store([message], backlogLimit: limits.backlogMessages).first {
        case .stored(let sequence, let pushedOut, let node)?:
            if pushedOut > 0 {
                logger.warning("A user agent's backlog is full; its oldest messages were dropped", metadata: ["count": "\(pushedOut)"])
            }
            let numbered = message.numbered(sequence)
            hub.deliver(numbered, holder: node)
            return numbered.id
        case .bridged(let sequence, let address)?:
            return try await carry(message.numbered(sequence), over: address)
        case .receiptsGone?:
            throw EndpointRefusal.receiptsGone
        case .channelGone?, nil:
            ended.remember(message, now: now())
            throw EndpointRefusal.endpointGone(cacheSeconds: limits.goneCacheSeconds)
        }
    }

    /// A message for a mobile user agent is with its platform when this returns; it isn't kept here.
    private func carry(_ message: Message, over address: BridgeAddress) async throws -> MessageID {
        switch await hub.bridges[address.bridge]?.deliver(message, to: address) {
        case .accepted?:
            hub.counts.acceptUnstored(.delivered)
            return message.id
        case .gone?:
            try await store.forget(message.id.uaid, now: now())
            throw EndpointRefusal.endpointGone(cacheSeconds: limits.goneCacheSeconds)
        case .unavailable(let trouble)?:
            throw EndpointRefusal.bridgeFailed(trouble)
        case nil:
            throw EndpointRefusal.bridgeFailed(.unreachable)
        }
    }

    private func acceptUnstored(_ message: NewMessage) async -> MessageID {
        var random = SystemRandomNumberGenerator()
        let numbered = message.numbered(.unstored(using: &random))
        await hub.deliverUnstored(numbered)
        return numbered.id
    }

    /// 202 promises a receipt (RFC 8030 §5.1), 201 nothing more than that the message is here.
    private func created(_ message: NewMessage, _ id: MessageID) -> Response {
        var headers: HTTPFields = [.location: codec.location(of: id), .ttl: String(message.ttl.seconds)]
        if let receipts = message.receipts {
            headers[.link] = "<\(codec.location(of: receipts.subscription))>; rel=\"urn:ietf:params:push:receipt\""
        }
        return Response(status: message.receipts == nil ? .created : .accepted, headers: headers)
    }

    // MARK: DELETE

    private func withdraw(token: String?) async -> Response {
        do {
            receipts.ring(try await store.delete([EndedMessage(try intake.message(token: token ?? ""), .dropped)], now: now()))
            return Response(status: .noContent)
        } catch let refusal as EndpointRefusal {
            return refusal.response
        } catch {
            logger.error("A message could not be deleted", metadata: ["error": "\(error)"])
            return EndpointRefusal.storeFailed(retryAfterSeconds: limits.retryAfterSeconds).response
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
    fileprivate static let ttl = Self("TTL")!
    fileprivate static let link = Self("Link")!
}
