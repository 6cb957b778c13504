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
    let reader: PushReader
    let watch: EventWatch
    let readiness: Readiness
    let now: @Sendable () -> Date

    func add(to routes: RouterGroup<APIContext>, _ guards: RouteGuards) {
        let send = routes.group("pushes").add(middleware: guards.send)
        send.post { request, context in try await self.send(request, context) }
        send.post(":id/cancel") { _, context in try await cancel(context, guards.audit) }
        send.post(":id/recall") { request, context in try await recall(request, context, guards.audit) }
        let read = routes.group("pushes").add(middleware: guards.read)
        read.get { request, context in try await list(request, context) }
        read.get(":id") { _, context in try JSONReply(.ok, PushBody(try await status(context))) }
        read.get(":id/failures") { request, context in try await failures(request, context) }
    }

    private func send(_ request: Request, _ context: APIContext) async throws -> JSONReply {
        guard readiness.isAccepting else { throw Problem.stopping }
        let app = try context.requireApp()
        let bytes = try await request.bytes(SendBody.limitBytes)
        let idempotency = try Idempotency(request, bytes)
        // Before anything is looked up: templates and audiences may have gone since.
        if let idempotency, let known = try await intake.repetition(of: idempotency, app: app) { return try accepted(known) }
        var asked = try await reader.request(try SendBody.read(bytes, rawAt: SendBody.rawPaths), app: app)
        asked.idempotency = idempotency
        return try accepted(try await intake.accept(asked, now: now()))
    }

    private func accepted(_ accepted: Accepted) throws -> JSONReply {
        var headers: HTTPFields = [.location: "/v1/pushes/\(accepted.push.id.rawValue)"]
        if accepted.isRepetition { headers[.idempotencyReplayed] = "true" }
        return JSONReply(.accepted, text: Self.answer(accepted.push), headers: headers)
    }

    /// By hand, because it is the answer that goes out thousands of times a second: an encoder takes as long as storing the push.
    private static func answer(_ push: Push) -> ByteBuffer {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        let created = push.createdAt.formatted(style), expires = push.expiresAt.formatted(style)
        let state = push.startsAt > push.createdAt ? "scheduled" : "queued"
        return ByteBuffer(
            string: #"{"created_at":"\#(created)","expires_at":"\#(expires)","id":"\#(push.id.rawValue)","state":"\#(state)"}"#)
    }

    private func cancel(_ context: APIContext, _ audit: AuditLog) async throws -> JSONReply {
        let id = PushID(rawValue: try context.parameters.require("id"))
        guard try await intake.cancel(id, app: try context.requireApp(), now: now()) else { throw Problem.noSuch("push", id.rawValue) }
        watch.ring()
        try await audit.record(.pushCancelled, "push \(id.rawValue)", by: context)
        return try JSONReply(.ok, PushBody(try await status(context)))
    }

    private func recall(_ request: Request, _ context: APIContext, _ audit: AuditLog) async throws -> JSONReply {
        guard readiness.isAccepting else { throw Problem.stopping }
        let app = try context.requireApp(), id = PushID(rawValue: try context.parameters.require("id"))
        let bytes = try await request.bytes(SendBody.limitBytes)
        // The push is part of what is asked, though it stands in the path.
        let idempotency = try Idempotency(request, Array(id.rawValue.utf8) + bytes)
        let body = try RecallBody.read(bytes, rawAt: SendBody.rawPaths)
        guard
            let instead = try await intake.recall(
                id, app: app, instead: body.notification, idempotency: idempotency, now: now())
        else { throw Problem.noSuch("push", id.rawValue) }
        watch.ring()
        if !instead.isRepetition {
            try await audit.record(.pushRecalled, "push \(id.rawValue), by \(instead.push.id.rawValue)", by: context)
        }
        return try accepted(instead)
    }

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

private struct RecallBody: RequestBody {
    let notification: PushSender.Notification
    static let shape = BodyShape.object(["notification": NotificationShape.shape])
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
    /// The size of the audience: the sum of the counters. A large one is counted when its turn comes.
    let devices: Int
    let counters: CountersBody
    let byProvider: [String: CountersBody]
    let receipts: ReceiptsBody
    /// How many devices failed for which reason.
    let failures: [FailureCountBody]
    let createdAt: Date
    let startsAt: Date
    let expiresAt: Date
    let finishedAt: OrNull<Date>

    init(_ status: PushStatus) {
        id = status.push.id.rawValue
        state = status.state.rawValue
        progress = status.progress
        devices = status.total.total
        receipts = ReceiptsBody(status.total)
        counters = CountersBody(status.total)
        byProvider = Dictionary(uniqueKeysWithValues: status.counters.map { ($0.key.rawValue, CountersBody($0.value)) })
        failures = status.failures.map(FailureCountBody.init)
        createdAt = status.push.createdAt
        startsAt = status.push.startsAt
        expiresAt = status.push.expiresAt
        finishedAt = OrNull(status.finishedAt)
    }
}

/// Each device of the audience is in exactly one of these.
private struct CountersBody: Encodable {
    let queued: Int
    let accepted: Int
    let failed: Int
    let expired: Int
    let unregistered: Int
    let retrying: Int
    let cancelled: Int
    let dropped: Int

    init(_ counters: PushCounters) {
        queued = counters.queued
        accepted = counters.accepted
        failed = counters.failed
        expired = counters.expired
        unregistered = counters.unregistered
        retrying = counters.retrying
        cancelled = counters.cancelled
        dropped = counters.dropped
    }
}

/// What devices said themselves.
private struct ReceiptsBody: Encodable {
    let received: Int
    let opened: Int
    let dismissed: Int

    init(_ counters: PushCounters) {
        received = counters.received
        opened = counters.opened
        dismissed = counters.dismissed
    }
}

private struct FailureCountBody: Encodable {
    let provider: String
    let reason: String
    let devices: Int

    init(_ count: PushStatus.FailureCount) {
        provider = count.provider.rawValue
        reason = count.reason
        devices = count.devices
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

extension HTTPField.Name {
    /// On an answer that was given before.
    fileprivate static let idempotencyReplayed = HTTPField.Name("Idempotency-Replayed")!
}
