import Hummingbird
import PushSender

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `/v1/templates`: notifications with gaps, and what they look like filled in.
struct TemplateRoutes: Sendable {
    let templates: any TemplateStore
    let rules: WordingRules
    let now: @Sendable () -> Date

    func add(to routes: RouterGroup<APIContext>, _ guards: RouteGuards) {
        let read = routes.group("templates").add(middleware: guards.read)
        read.get { request, context in try await list(request, context) }
        read.get(":name") { _, context in try JSONReply(.ok, TemplateReply(try await stored(context))) }
        routes.group("templates").add(middleware: guards.send)
            .post(":name/preview") { request, context in try await preview(request, context) }
        let admin = routes.group("templates").add(middleware: guards.admin)
        admin.put(":name") { request, context in try await save(request, context, guards.audit) }
        admin.delete(":name") { _, context in try await remove(context, guards.audit) }
    }

    private func list(_ request: Request, _ context: APIContext) async throws -> JSONReply {
        let page = try PageRequest(request)
        let found = try await templates.templates(app: try context.requireApp(), after: page.after, limit: page.limit)
        return try JSONReply(
            .ok, TemplateList(templates: found.map(TemplateReply.init), next: OrNull(page.next(found.map(\.name)))))
    }

    private func save(_ request: Request, _ context: APIContext, _ audit: AuditLog) async throws -> JSONReply {
        let name = try context.name("name")
        let template = try await request.body(TemplateBody.self, rawAt: TemplateBody.rawPaths).template()
        try rules.check(template)
        let (stored, isNew) = try await templates.put(template, named: name, app: try context.requireApp(), now: now())
        try await audit.record(.templateSet, "template \(name)", by: context)
        return try JSONReply(isNew ? .created : .ok, TemplateReply(stored))
    }

    private func remove(_ context: APIContext, _ audit: AuditLog) async throws -> Response {
        let name = try context.name("name")
        guard try await templates.remove(named: name, app: try context.requireApp()) else { throw Problem.noSuch("template", name) }
        try await audit.record(.templateRemoved, "template \(name)", by: context)
        return Response(status: .noContent)
    }

    private func preview(_ request: Request, _ context: APIContext) async throws -> JSONReply {
        let body = try await request.body(PreviewBody.self)
        let words = WordingRequest(template: try await stored(context), variables: body.variables ?? [:])
        let notification = try rules.preview(words, for: try body.recipient(), device: body.device?.id.map(DeviceID.init))
        return try JSONReply(.ok, PreviewReply(notification: notification))
    }

    private func stored(_ context: APIContext) async throws -> StoredTemplate {
        let name = try context.name("name")
        guard let stored = try await templates.template(named: name, app: try context.requireApp()) else {
            throw Problem.noSuch("template", name)
        }
        return stored
    }
}

private struct TemplateList: Encodable {
    let templates: [TemplateReply]
    let next: OrNull<String>
}

private struct TemplateReply: Encodable {
    let name: String
    let variables: [String: TemplateVariable]
    let notification: PushSender.Notification
    let locales: [String: PushSender.Notification]
    let createdAt: Date
    let updatedAt: Date

    init(_ stored: StoredTemplate) {
        name = stored.name
        variables = stored.template.variables
        notification = stored.template.notification
        locales = stored.template.locales
        createdAt = stored.createdAt
        updatedAt = stored.updatedAt
    }
}

private struct PreviewReply: Encodable {
    let notification: PushSender.Notification
}
