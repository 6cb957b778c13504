import HTTPTypes
import PushSender

/// Finds out in which words a push is to be sent.
struct WordsReader: Sendable {
    let templates: any TemplateStore
    let rules: WordingRules

    func words(_ body: SendBody, app: AppID) async throws -> AcceptedWords {
        guard body.notification != nil || body.template != nil else {
            throw Problem(
                .unprocessableContent, "missing_field", "notification is missing; give one, or name a template", field: "notification")
        }
        return try rules.accept(
            WordingRequest(
                template: try await template(body.template, app), notification: body.notification ?? PushSender.Notification(),
                isPersonal: body.personal ?? false, variables: body.variables ?? [:], locales: body.locales ?? [:]))
    }

    private func template(_ name: String?, _ app: AppID) async throws -> StoredTemplate? {
        guard let name else { return nil }
        guard let stored = try await templates.template(named: name, app: app) else {
            throw Problem.invalid("template", "there is no template \(name); GET /v1/templates lists them")
        }
        return stored
    }
}
