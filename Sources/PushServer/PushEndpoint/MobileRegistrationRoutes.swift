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

/// `/v1/{bridge}/{app}/registration…`: how mobile user agents register, which have a token of their platform instead of a connection. As
/// Mozilla's service has it.
struct MobileRegistrationRoutes: Sendable {
    /// Their names.
    let bridges: [String]
    let store: any MessageStore
    let codec: EndpointCodec
    let secret: RegistrationSecret
    let logger: Logger
    let now: @Sendable () -> Date

    private static let tokenBytes = 4096
    private static let bodyBytes = 16_384

    func add(to router: Router<APIContext>) {
        router.post("v1/:bridge/:app/registration") { _, _ in EndpointRefusal.unknownBridge(bridges).response }
        for bridge in bridges {
            let root = "v1/\(bridge)/:app/registration"
            let routes = router.group(RouterPath(root)).add(middleware: AnyOriginMiddleware())
            for path in ["", ":uaid", ":uaid/subscription", ":uaid/subscription/:channel"] as [RouterPath] {
                routes.on(path, method: .options) { request, _ in AnyOriginMiddleware.preflight(request) }
            }
            routes.post { request, context in await answer { try await register(request, context, bridge) } }
            routes.put(":uaid") { request, context in await answer { try await renew(request, context, bridge) } }
            routes.get(":uaid") { request, context in await answer { try await list(request, context) } }
            routes.delete(":uaid") { request, context in await answer { try await forget(request, context) } }
            routes.post(":uaid/subscription") { request, context in await answer { try await subscribe(request, context) } }
            routes.delete(":uaid/subscription/:channel") { request, context in await answer { try await unsubscribe(request, context) } }
        }
    }

    // MARK: Registrations

    private struct Registered: Encodable {
        let uaid: String
        let channelID: String
        let endpoint: String
        let secret: String
    }

    /// Who comes for the first time has nothing to prove anything with.
    private func register(_ request: Request, _ context: APIContext, _ bridge: String) async throws -> Response {
        let body = try await body(request), token = try body.checkedToken(limitBytes: Self.tokenBytes)
        var random = SystemRandomNumberGenerator()
        let uaid = UAID.random(using: &random)
        let (channel, endpoint) = try await register(body, of: uaid)
        _ = try await store.setBridge(of: uaid, to: address(context, bridge, token), now: now())
        return try reply(Registered(uaid: uaid.text, channelID: channel.text, endpoint: endpoint, secret: secret.secret(of: uaid)))
    }

    private func renew(_ request: Request, _ context: APIContext, _ bridge: String) async throws -> Response {
        let uaid = try uaid(request, context), token = try await body(request).checkedToken(limitBytes: Self.tokenBytes)
        guard try await store.setBridge(of: uaid, to: address(context, bridge, token), now: now()) else { throw Self.unknown }
        return try reply([String: String]())
    }

    private struct Channels: Encodable {
        let uaid: String
        let channelIDs: [String]
    }

    /// Asked daily: a sign of life as well.
    private func list(_ request: Request, _ context: APIContext) async throws -> Response {
        let uaid = try uaid(request, context)
        guard let registration = try await store.registration(of: uaid) else { throw Self.unknown }
        _ = try await store.recordConnections(of: [uaid], now: now())
        return try reply(Channels(uaid: uaid.text, channelIDs: registration.channels.map(\.text)))
    }

    private func forget(_ request: Request, _ context: APIContext) async throws -> Response {
        try await store.forget(try uaid(request, context), now: now())
        return try reply([String: String]())
    }

    // MARK: Subscriptions

    private struct Subscribed: Encodable {
        let channelID: String
        let endpoint: String
    }

    private func subscribe(_ request: Request, _ context: APIContext) async throws -> Response {
        let uaid = try uaid(request, context)
        guard try await store.registration(of: uaid) != nil else { throw Self.unknown }
        let (channel, endpoint) = try await register(try await body(request), of: uaid)
        return try reply(Subscribed(channelID: channel.text, endpoint: endpoint))
    }

    private func unsubscribe(_ request: Request, _ context: APIContext) async throws -> Response {
        let uaid = try uaid(request, context)
        let channel = context.parameters.get("channel").flatMap { ChannelID(anySpelling: $0) }
        guard let channel, try await store.standing(of: Channel(uaid: uaid, id: channel), in: nil) != nil else {
            throw EndpointRefusal.unknownChannel
        }
        try await store.unregister([Channel(uaid: uaid, id: channel)], now: now())
        return try reply([String: String]())
    }

    private func register(_ body: Body, of uaid: UAID) async throws -> (ChannelID, endpoint: String) {
        var random = SystemRandomNumberGenerator()
        let id = try body.checkedChannel() ?? ChannelID(rawValue: .random(in: .min ... .max, using: &random))
        let key = try body.checkedKey(), channel = Channel(uaid: uaid, id: id)
        guard let epoch = try await store.register([channel], on: nil, now: now()).first else { throw Self.unknown }
        return (id, codec.endpoint(for: channel, of: epoch, restrictedTo: key))
    }

    // MARK: Reading and answering

    private struct Body: Decodable {
        let token: String?
        let channelID: String?
        let key: String?

        func checkedToken(limitBytes: Int) throws(EndpointRefusal) -> String {
            guard let token, !token.isEmpty, token.utf8.count <= limitBytes else {
                throw .badRegistration("token must be the platform's token, of at most \(limitBytes) bytes")
            }
            return token
        }

        func checkedChannel() throws(EndpointRefusal) -> ChannelID? {
            guard let channelID else { return nil }
            guard let id = ChannelID(anySpelling: channelID) else { throw .badRegistration("channelID must be a UUID") }
            return id
        }

        func checkedKey() throws(EndpointRefusal) -> [UInt8]? {
            guard let key else { return nil }
            guard let raw = ApplicationServerKey.raw(key) else { throw .badRegistration("key must be a VAPID public key in base64url") }
            return raw
        }
    }

    private func body(_ request: Request) async throws -> Body {
        let bytes: ByteBuffer
        do { bytes = try await request.body.collect(upTo: Self.bodyBytes) } catch is NIOTooManyBytesError {
            throw EndpointRefusal.bodyTooLarge(limitBytes: Self.bodyBytes)
        }
        if bytes.readableBytes == 0 { return Body(token: nil, channelID: nil, key: nil) }
        guard let body = try? JSONDecoder().decode(Body.self, from: Data(bytes.readableBytesView)) else {
            throw EndpointRefusal.badRegistration("the body must be a JSON object")
        }
        return body
    }

    private func uaid(_ request: Request, _ context: APIContext) throws -> UAID {
        guard let uaid = context.parameters.get("uaid").flatMap({ UAID($0) }) else { throw Self.unknown }
        guard secret.admits(request.headers[.authorization], to: uaid) else { throw EndpointRefusal.wrongSecret }
        return uaid
    }

    private static let unknown = EndpointRefusal.unknownUserAgent

    private func address(_ context: APIContext, _ bridge: String, _ token: String) -> BridgeAddress {
        BridgeAddress(bridge: bridge, app: context.parameters.get("app") ?? "", token: token)
    }

    /// Names as Mozilla's service spells them.
    private func reply(_ value: some Encodable) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Response(
            status: .ok, headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(bytes: try encoder.encode(value))))
    }

    private func answer(_ work: () async throws -> Response) async -> Response {
        do { return try await work() } catch let refusal as EndpointRefusal {
            return refusal.response
        } catch let problem as Problem where problem.status == .requestTimeout {
            return EndpointRefusal.tooSlow(problem.detail).response
        } catch {
            logger.error("A registration failed", metadata: ["error": "\(error)"])
            return EndpointRefusal.storeFailed(retryAfterSeconds: 10).response
        }
    }
}
