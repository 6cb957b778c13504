import Hummingbird
import PushSender

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `/v1/webhooks`: addresses that are told what happens. For admin keys only: whoever may set one hears everything.
struct WebhookRoutes: Sendable {
    let store: any WebhookStore
    let vault: WebhookVault
    let call: WebhookCall
    let watch: EventWatch
    let settings: EventSettings
    let now: @Sendable () -> Date

    func add(to routes: RouterGroup<APIContext>, _ guards: RouteGuards) {
        let webhooks = routes.group("webhooks").add(middleware: guards.admin)
        webhooks.get { _, context in try await list(context) }
        webhooks.get(":id") { _, context in try JSONReply(.ok, WebhookBody(try await find(context))) }
        webhooks.put(":id") { request, context in try await put(request, context, guards.audit) }
        webhooks.delete(":id") { _, context in try await remove(context, guards.audit) }
        webhooks.post(":id/secret") { request, context in try await rotate(request, context, guards.audit) }
        webhooks.post(":id/test") { _, context in try await test(context) }
    }

    private func put(_ request: Request, _ context: APIContext, _ audit: AuditLog) async throws -> JSONReply {
        let app = try context.requireApp(), id = try id(context)
        let body = try await request.body(PutBody.self)
        if let objection = call.address.objection(to: body.url) { throw Problem.invalid("url", objection) }
        let definition = WebhookDefinition(app: app, id: id, url: body.url, kinds: try Set(names: body.kinds ?? []))
        let secrets = WebhookSecrets(current: randomBytes(32))
        let put = try await store.put(
            definition, sealedSecrets: vault.seal(secrets, id, app), limit: settings.webhooksPerApp, now: now())
        guard let (webhook, isNew) = put else {
            throw Problem(.conflict, "too_many_webhooks", "this App has \(settings.webhooksPerApp) webhooks; remove one first")
        }
        try await audit.record(.webhookSet, "webhook \(id.rawValue) (\(body.url))", by: context)
        watch.ring()
        return try JSONReply(isNew ? .created : .ok, WebhookBody(webhook, secret: isNew ? secrets.shown : nil))
    }

    private func list(_ context: APIContext) async throws -> JSONReply {
        let found = try await store.webhooks(app: try context.requireApp())
        return try JSONReply(.ok, WebhookList(webhooks: found.map { WebhookBody($0) }))
    }

    private func remove(_ context: APIContext, _ audit: AuditLog) async throws -> Response {
        let id = try id(context)
        guard try await store.remove(id, app: try context.requireApp()) else { throw Problem.noSuch("webhook", id.rawValue) }
        try await audit.record(.webhookRemoved, "webhook \(id.rawValue)", by: context)
        return Response(status: .noContent)
    }

    /// A new secret; the old one signs beside it for a while, so that the receiver can change over.
    private func rotate(_ request: Request, _ context: APIContext, _ audit: AuditLog) async throws -> JSONReply {
        let webhook = try await find(context), (app, id) = (webhook.definition.app, webhook.definition.id)
        let overlapSeconds = try Self.overlapSeconds(request)
        let new = randomBytes(32)
        let secrets =
            vault.secrets(of: webhook)?.rotated(to: new, overlapSeconds: overlapSeconds, now: now()) ?? WebhookSecrets(current: new)
        guard try await store.putSecrets(vault.seal(secrets, id, app), id: id, app: app) else {
            throw Problem.noSuch("webhook", id.rawValue)
        }
        try await audit.record(.webhookSet, "webhook \(id.rawValue), a new secret", by: context)
        return try JSONReply(.ok, WebhookBody(webhook, secret: secrets.shown))
    }

    private static func overlapSeconds(_ request: Request) throws -> Int {
        let range = 0...604_800
        guard let given = request.uri.queryParameters["overlap_seconds"] else { return 86_400 }
        guard let seconds = Int(given), range.contains(seconds) else {
            throw Problem.invalid("overlap_seconds", "give a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return seconds
    }

    /// Sends an event that says nothing, at once, whatever state the webhook is in.
    private func test(_ context: APIContext) async throws -> JSONReply {
        let webhook = try await find(context), now = now()
        guard let secrets = vault.secrets(of: webhook) else {
            throw Problem(.conflict, "wrong_master_key", "the webhook's secret was sealed with another master key; rotate it")
        }
        let at = now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        let body = #"{"events":[{"at":"\#(at)","data":{},"id":"test","kind":"webhook.test"}]}"#
        return try JSONReply(.ok, TestBody(await call.post(body, to: webhook.definition, secrets, now: now)))
    }

    private func find(_ context: APIContext) async throws -> Webhook {
        let id = try id(context)
        guard let webhook = try await store.webhook(id, app: try context.requireApp()) else {
            throw Problem.noSuch("webhook", id.rawValue)
        }
        return webhook
    }

    private func id(_ context: APIContext) throws -> WebhookID {
        let name = try context.parameters.require("id")
        let isPlain = name.utf8.allSatisfy { byte in
            (byte >= 0x30 && byte <= 0x39) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || byte == 0x2D || byte == 0x5F
        }
        guard (1...64).contains(name.utf8.count), isPlain else {
            throw Problem.invalid("id", "give 1 to 64 of A-Z, a-z, 0-9, - and _")
        }
        return WebhookID(rawValue: name)
    }
}

// MARK: Bodies

private struct PutBody: RequestBody {
    let url: String
    let kinds: [String]?
    static let shape = BodyShape.fields("url", "kinds")
}

private struct WebhookList: Encodable {
    let webhooks: [WebhookBody]
}

private struct WebhookBody: Encodable {
    let id: String
    let url: String
    /// Empty: all.
    let kinds: [String]
    /// `active`, `failing` or `disabled`.
    let state: String
    let problem: OrNull<String>
    let failures: Int
    let failingSince: OrNull<Date>
    let nextAttemptAt: OrNull<Date>
    let disabledAt: OrNull<Date>
    let createdAt: Date
    /// Only where it is new.
    let secret: String?

    init(_ webhook: Webhook, secret: String? = nil) {
        let progress = webhook.progress
        id = webhook.definition.id.rawValue
        url = webhook.definition.url
        kinds = webhook.definition.kinds.map(\.rawValue).sorted()
        state = progress.disabledAt != nil ? "disabled" : progress.failures > 0 ? "failing" : "active"
        problem = OrNull(progress.problem)
        failures = progress.failures
        failingSince = OrNull(progress.failingSince)
        nextAttemptAt = OrNull(progress.failures > 0 && progress.disabledAt == nil ? progress.dueAt : nil)
        disabledAt = OrNull(progress.disabledAt)
        createdAt = webhook.createdAt
        self.secret = secret
    }
}

private struct TestBody: Encodable {
    /// Whether it answered with success.
    let taken: Bool
    let problem: OrNull<String>

    init(_ answer: WebhookAnswer) {
        switch answer {
        case .taken: (taken, problem) = (true, OrNull(nil))
        case .gone: (taken, problem) = (false, OrNull("it answered 410"))
        case .failed(let reason, _): (taken, problem) = (false, OrNull(reason))
        }
    }
}
