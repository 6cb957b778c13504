import HTTPTypes
import Hummingbird
import NIOCore
import PushProviders
import PushSender
import PushStorage
import WebPush

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The routes of the web.dev push codelab's server, which the page at `/` uses: no key, text answers, everything in the App `default`.
/// Unlike the original, a browser is stored once however often it comes, and dead subscriptions are not used again.
struct CodelabRoutes: Sendable {
    let devices: any DeviceStore
    let intake: PushIntake
    let endpointPolicy: EndpointPolicy
    let address: ServerAddress
    let limits: RateMiddleware
    let now: @Sendable () -> Date

    func add(to router: Router<APIContext>) {
        let routes = router.group()
            .add(middleware: limits)
            .add(middleware: OwnPagesMiddleware(address))
            .add(middleware: OneBadRequestMiddleware())
        routes.post("add-subscription") { request, _ in try await add(request) }
        routes.post("remove-subscription") { request, _ in try await remove(request) }
        routes.post("notify-me") { request, _ in try await notifyMe(request) }
        routes.post("notify-all") { _, _ in try await notifyAll() }
    }

    private func add(_ request: Request) async throws -> TextReply {
        let subscription = try await request.json(SubscriptionBody.self).checked(endpointPolicy, field: "")
        let moment = now()
        var random = SystemRandomNumberGenerator()
        _ = try await devices.register(
            DeviceRegistration(app: .default, provider: .webPush, token: subscription.token),
            newID: DeviceID(now: moment, random: &random), now: moment)
        return TextReply(.ok)
    }

    private func remove(_ request: Request) async throws -> TextReply {
        if let device = try await device(request) { _ = try await devices.remove(device.id, app: .default) }
        return TextReply(.ok)
    }

    private func notifyMe(_ request: Request) async throws -> TextReply {
        guard let device = try await device(request) else {
            throw Problem(.notFound, "not_found", "this endpoint is not subscribed; subscribe first", field: "endpoint")
        }
        try await send(to: Audience(devices: [device.id]), mayReachNobody: true)
        return TextReply(.ok)
    }

    private func notifyAll() async throws -> TextReply {
        do {
            try await send(to: .everyone)
            return TextReply(.ok)
        } catch let problem as PushProblem where problem.code == .nobody {
            return TextReply(.conflict)
        }
    }

    private func device(_ request: Request) async throws -> Device? {
        try await devices.device(
            address: try await request.json(EndpointBody.self).endpoint, provider: .webPush, app: .default)
    }

    /// The codelab's own message: one number for everybody.
    private func send(to audience: Audience, mayReachNobody: Bool = false) async throws {
        let payload = #"{"options":{"body":"ID: \#(Int.random(in: 0..<100))"},"title":"Hello, Notifications!"}"#
        var notification = PushSender.Notification()
        notification.webpush = WebPushSection(payload: payload)
        var request = PushRequest(
            app: .default, audience: audience, notification: notification, policy: PushPolicy(ttl: TTL(seconds: 10_000)))
        request.mayReachNobody = mayReachNobody
        try await intake.accept(request, now: now())
    }
}

private struct EndpointBody: Decodable {
    let endpoint: String
}

/// The codelab's clients know one status for everything that is wrong with a request: 400.
private struct OneBadRequestMiddleware: RouterMiddleware {
    typealias Context = APIContext

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let problem as Problem where problem.status == .unprocessableContent {
            throw Problem(.badRequest, problem.code, problem.detail, field: problem.field)
        }
    }
}

/// A status with its reason phrase as plain text.
private struct TextReply: ResponseGenerator {
    let status: HTTPResponse.Status
    init(_ status: HTTPResponse.Status) { self.status = status }

    func response(from request: Request, context: some RequestContext) throws -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: status.reasonPhrase)))
    }
}
