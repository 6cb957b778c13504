import HTTPTypes
import Hummingbird
import NIOCore
import PushSender
import WebPush

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `/v1/pushes`
struct PushRoutes: Sendable {
    let intake: PushIntake
    let pushes: any PushStore
    let readiness: Readiness
    let now: @Sendable () -> Date

    func add(to routes: RouterGroup<APIContext>, _ guards: RouteGuards) {
        routes.group("pushes").add(middleware: guards.send)
            .post { request, context in try await send(request, context) }
        let read = routes.group("pushes").add(middleware: guards.read)
        read.get { request, context in try await list(request, context) }
        read.get(":id") { _, context in try JSONReply(.ok, PushBody(try await status(context))) }
        read.get(":id/failures") { request, context in try await failures(request, context) }
    }

    private func send(_ request: Request, _ context: APIContext) async throws -> JSONReply {
        guard readiness.isAccepting else { throw Problem.stopping }
        let body = try await request.json(SendBody.self, rawAt: Self.rawPaths)
        let push = try await intake.accept(
            app: try context.requireApp(), audience: try body.audience.checked(), notification: body.notification,
            policy: try body.policy(), now: now())
        return JSONReply(.accepted, text: Self.accepted(push), headers: [.location: "/v1/pushes/\(push.id.rawValue)"])
    }

    /// By hand, because it is the answer that goes out thousands of times a second: an encoder takes as long as storing the push.
    private static func accepted(_ push: Push) -> ByteBuffer {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        let created = push.createdAt.formatted(style), expires = push.expiresAt.formatted(style)
        return ByteBuffer(
            string: #"{"created_at":"\#(created)","expires_at":"\#(expires)","id":"\#(push.id.rawValue)","state":"queued"}"#)
    }

    private static let rawPaths = [
        ["apns", "payload"], ["fcm", "message"], ["hms", "message"], ["hms", "payload"], ["hms", "push_options"],
        ["wns", "payload"], ["webpush", "payload"],
    ].map { ["notification"] + $0 }

    private func list(_ request: Request, _ context: APIContext) async throws -> JSONReply {
        let page = try PageRequest(request)
        let found = try await pushes.pushes(
            app: try context.requireApp(), before: page.after.map(PushID.init), limit: page.limit)
        return try JSONReply(
            .ok, PushList(pushes: found.map(PushBody.init), next: OrNull(page.next(found.map(\.push.id.rawValue)))))
    }

    private func failures(_ request: Request, _ context: APIContext) async throws -> JSONReply {
        let page = try PageRequest(request)
        let push = try await status(context).push
        let found = try await pushes.failures(of: push.id, after: page.after.map(DeviceID.init), limit: page.limit)
        return try JSONReply(
            .ok, FailureList(failures: found.map(FailureBody.init), next: OrNull(page.next(found.map(\.device.rawValue)))))
    }

    private func status(_ context: APIContext) async throws -> PushStatus {
        let id = PushID(rawValue: try context.parameters.require("id"))
        guard let status = try await pushes.status(of: id, app: try context.requireApp()) else {
            throw Problem.noSuch("push", id.rawValue)
        }
        return status
    }
}

// MARK: Requests

private struct SendBody: Decodable {
    let audience: AudienceBody
    let notification: PushSender.Notification
    let ttl: Int?
    let urgency: String?
    let collapseKey: String?

    func policy() throws -> PushPolicy {
        var policy = PushPolicy(collapseKey: collapseKey)
        if let ttl {
            guard ttl >= 0 else { throw invalid("ttl", "\(ttl) is negative; give seconds, 0 for \"now or never\"") }
            policy.ttl = TTL(seconds: ttl)
        }
        if let urgency {
            guard let known = Urgency(rawValue: urgency) else {
                throw invalid("urgency", "\(urgency) is none of \(Urgency.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            policy.urgency = known
        }
        return policy
    }
}

private struct AudienceBody: Decodable {
    let all: Bool?
    let devices: [String]?
    let users: [String]?
    let topics: [String]?

    func checked() throws -> Audience {
        for (field, names) in [("devices", devices), ("users", users), ("topics", topics)] where names == [] {
            throw invalid("audience.\(field)", "the list is empty; name somebody, or leave it out")
        }
        return Audience(
            everyone: all ?? false, devices: (devices ?? []).map(DeviceID.init), users: users ?? [], topics: topics ?? [])
    }
}

private func invalid(_ field: String, _ reason: String) -> Problem {
    Problem(.unprocessableContent, "invalid_field", "\(field): \(reason)", field: field)
}

// MARK: Answers

private struct PushList: Encodable {
    let pushes: [PushBody]
    let next: OrNull<String>
}

private struct PushBody: Encodable {
    let id: String
    let state: String
    let progress: Double
    let counters: Counters
    let createdAt: Date
    let expiresAt: Date
    let finishedAt: OrNull<Date>

    struct Counters: Encodable {
        let accepted: Int
        let failed: Int
        let expired: Int
        let unregistered: Int
        let retrying: Int
    }

    init(_ status: PushStatus) {
        id = status.push.id.rawValue
        state = status.state.rawValue
        progress = status.progress
        counters = Counters(
            accepted: status.counters.accepted, failed: status.counters.failed, expired: status.counters.expired,
            unregistered: status.counters.unregistered, retrying: status.counters.retrying)
        createdAt = status.push.createdAt
        expiresAt = status.push.expiresAt
        finishedAt = OrNull(status.finishedAt)
    }
}

private struct FailureList: Encodable {
    let failures: [FailureBody]
    let next: OrNull<String>
}

private struct FailureBody: Encodable {
    let device: String
    let outcome: String
    let reason: String
    let at: Date

    init(_ failure: DeliveryFailure) {
        device = failure.device.rawValue
        outcome = failure.kind.rawValue
        reason = failure.reason
        at = failure.at
    }
}
