import HTTPTypes
import Hummingbird
import JSON
import NIOCore
import PushProviders
import PushSender
import PushStorage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The routes of the demo server that belongs to the book "Web Push": no key, JSON answers, everything in the App `default`. Whoever may
/// use them reads every endpoint, so they are off unless `webPushBook` is set.
struct WebPushBookRoutes: Sendable {
    let devices: any DeviceStore
    let intake: PushIntake
    let endpointPolicy: EndpointPolicy
    let address: ServerAddress
    let now: @Sendable () -> Date

    func add(to router: Router<APIContext>) {
        let routes = router.group("api").add(middleware: OwnPagesMiddleware(address))
        routes.post("save-subscription") { request, _ in try await save(request) }
        routes.post("get-subscriptions") { _, _ in try await list() }
        routes.post("trigger-push-msg") { request, _ in try await send(request) }
    }

    private static let done = reply(.ok, #"{"data":{"success":true}}"#)

    private func save(_ request: Request) async throws -> JSONReply {
        do {
            let body = try await request.json(SubscriptionBody.self)
            let moment = now()
            var random = SystemRandomNumberGenerator()
            _ = try await devices.register(
                DeviceRegistration(app: .default, provider: .webPush, token: try body.checked(endpointPolicy, field: "").token),
                newID: DeviceID(now: moment, random: &random), now: moment)
            return Self.done
        } catch let problem as Problem {
            return Self.refusal(.badRequest, problem.field == "endpoint" ? "no-endpoint" : "invalid-subscription", problem.detail)
        } catch is StorageError {
            return Self.refusal(.internalServerError, "unable-to-save-subscription", Problem.databaseUnavailable.detail)
        }
    }

    // MARK: Reading

    private static let pageRows = 500

    private func list() async throws -> JSONReply {
        do {
            var texts: [String] = [], last: DeviceID?
            repeat {
                let page = try await devices.devices(app: .default, after: last, limit: Self.pageRows)
                texts += page.filter { $0.provider == .webPush && $0.disabledAt == nil }.map(Self.text)
                last = page.count < Self.pageRows ? nil : page.last?.id
            } while last != nil
            return Self.reply(.ok, #"{"data":{"subscriptions":[\#(texts.joined(separator: ","))]}}"#)
        } catch is StorageError {
            return Self.refusal(.internalServerError, "unable-to-get-subscriptions", Problem.databaseUnavailable.detail)
        }
    }

    private static func text(_ device: Device) -> String {
        JSONMembers.object(["id": JSONMembers.string(device.id.rawValue), "endpoint": JSONMembers.string(device.token.address)])
    }

    // MARK: Sending

    /// The body, whatever it is, to every subscription.
    private func send(_ request: Request) async throws -> JSONReply {
        do {
            let bytes = try await request.bytes(Self.payloadLimitBytes)
            guard !bytes.isEmpty, let payload = String(validating: bytes, as: UTF8.self) else {
                return Self.refusal(.badRequest, "no-payload", "send the payload as the body: JSON or text, in UTF-8")
            }
            var notification = PushSender.Notification()
            notification.webpush = WebPushSection(payload: payload)
            var push = PushRequest(app: .default, audience: .everyone, notification: notification)
            push.mayReachNobody = true
            try await intake.accept(push, now: now())
            return Self.done
        } catch let problem as Problem {
            return Self.refusal(problem.status, "unable-to-send-messages", problem.detail)
        } catch let problem as PushProblem {
            return Self.refusal(.badRequest, "unable-to-send-messages", problem.message)
        } catch is StorageError {
            return Self.refusal(.internalServerError, "unable-to-send-messages", Problem.databaseUnavailable.detail)
        }
    }

    /// More than any push service takes.
    private static let payloadLimitBytes = 65_536

    // MARK: Answers

    private static func refusal(_ status: HTTPResponse.Status, _ id: String, _ message: String) -> JSONReply {
        let error = JSONMembers.object(["id": JSONMembers.string(id), "message": JSONMembers.string(message)])
        return reply(status, JSONMembers.object(["error": error]))
    }

    private static func reply(_ status: HTTPResponse.Status, _ json: String) -> JSONReply {
        JSONReply(status, text: ByteBuffer(string: json), headers: [:])
    }
}
