import Crypto
import HTTPTypes
import Hummingbird
import JWS
import Logging
import NIOCore
import PushSender
import PushService
import PushStorage
import WebPush

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `/relay/{token}`, where senders post sealed messages (RFC 8030 §5), and `/relay/messages/{id}`, where they withdraw them.
struct RelayEndpointRoutes: Sendable {
    let settings: RelaySettings
    let codec: RelayCodec
    let check: CapabilityCheck
    let intake: MessageIntake
    let pushes: PushIntake
    let rates: RelayLimits
    let posts: PostReader
    let now: @Sendable () -> Date

    func add(to router: Router<APIContext>) {
        let routes = router.group("relay").add(middleware: AnyOriginMiddleware())
        routes.post(":token") { request, context in
            await posts.answer { try await post(request, context) }
        }
        routes.delete("messages/:id") { _, context in
            await posts.answer { try await withdraw(context.parameters.get("id") ?? "") }
        }
        for path in [":token", "messages/:id"] as [RouterPath] {
            routes.on(path, method: .options) { request, _ in AnyOriginMiddleware.preflight(request) }
        }
    }

    private func post(_ request: Request, _ context: APIContext) async throws -> Response {
        let token = context.parameters.get("token") ?? ""
        guard let capability = codec.capability(token) else { throw EndpointRefusal.unknownEndpoint }
        let read = try await posts.read(request, version: "", token: token)
        let post = try intake.post(read, restrictedTo: capability.keyHash, now: now())
        try rates.take(capability.device, by: post.sender, from: posts.address(of: request, context), now: .now)
        let push = try await relay(post, capability)
        return Response(
            status: .created,
            headers: [.location: codec.location(of: push, app: capability.app), .ttl: String(Self.ttl(post).seconds)])
    }

    /// Kept before the answer, as every push is.
    private func relay(_ post: MessagePost, _ capability: RelayCapability) async throws -> PushID {
        guard let device = try await check.device(of: capability) else { throw gone }
        let envelope = envelope(post, capability)
        let limitBytes = envelope.limitBytes(for: device.provider)
        guard post.content.body.count <= limitBytes else { throw EndpointRefusal.bodyTooLarge(limitBytes: limitBytes) }
        guard let notification = envelope.notification(for: device.provider) else { throw gone }
        do {
            return try await pushes.accept(request(post, capability, notification), now: now()).push.id
        } catch let problem as PushProblem where problem.code == .nobody || problem.code == .unknownDevice {
            throw gone
        } catch let problem as PushProblem where problem.code == .tooLarge {
            throw EndpointRefusal.bodyTooLarge(limitBytes: limitBytes)
        }
    }

    /// A device may come back to life, and its endpoint with it, so that nobody is told to remember this for long.
    private var gone: EndpointRefusal { .endpointGone(cacheSeconds: 0) }

    private func envelope(_ post: MessagePost, _ capability: RelayCapability) -> RelayEnvelope {
        RelayEnvelope(
            content: post.content, urgency: post.urgency, ttlSeconds: Self.ttl(post).seconds, collapseKey: post.collapseKey?.value,
            wake: capability.wake, title: capability.title ?? settings.title)
    }

    private func request(_ post: MessagePost, _ capability: RelayCapability, _ notification: PushSender.Notification) -> PushRequest {
        var policy = PushPolicy(ttl: Self.ttl(post))
        policy.urgency = post.urgency
        policy.collapseKey = post.collapseKey?.value
        return PushRequest(
            app: capability.app, audience: Audience(devices: [capability.device]), notification: notification, policy: policy,
            idempotency: Self.idempotency(post, capability))
    }

    /// No provider keeps anything for longer.
    private static func ttl(_ post: MessagePost) -> TTL { TTL(seconds: min(post.ttl.seconds, PushLimits().ttlSeconds)) }

    /// No two messages are sealed alike: the same again is a repetition. Of empty ones each is its own.
    private static func idempotency(_ post: MessagePost, _ capability: RelayCapability) -> Idempotency? {
        guard !post.content.body.isEmpty else { return nil }
        let digest = Array(SHA256.hash(data: Array("\(capability.device.rawValue) \(capability.number) ".utf8) + post.content.body))
        return Idempotency(key: "relay:" + Base64URL.encode(digest), requestHash: digest)
    }

    private func withdraw(_ token: String) async throws -> Response {
        guard let relayed = codec.push(token) else { throw EndpointRefusal.unknownMessage }
        _ = try await pushes.cancel(relayed.push, app: relayed.app, now: now())
        return Response(status: .noContent)
    }
}
