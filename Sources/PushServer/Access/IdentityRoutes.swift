import Hummingbird
import PushSender
import PushStorage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `/v1/apps/{app}/identity`: how an App's users prove who they are. For admin keys only, as everything below `/v1/apps`.
struct IdentityRoutes: Sendable {
    let apps: SQLAppStore
    let vault: IdentityVault

    func add(to routes: RouterGroup<APIContext>, _ guards: RouteGuards) {
        let identity = routes.group("apps/:app/identity").add(middleware: guards.admin)
        identity.get { _, context in try await show(context) }
        identity.put { request, context in try await set(request, context, guards.audit) }
        identity.delete { _, context in try await remove(context, guards.audit) }
    }

    private func show(_ context: APIContext) async throws -> JSONReply {
        let app = try await app(context)
        do {
            guard let checker = try await vault.checker(of: app.id) else { throw Problem.noSuch("identity setting of App", app.name) }
            return try JSONReply(.ok, await IdentityBody(checker))
        } catch let refusal as IdentityRefusal {
            throw Problem(refusal)
        }
    }

    private func set(_ request: Request, _ context: APIContext, _ audit: AuditLog) async throws -> JSONReply {
        let app = try await app(context)
        let settings = try await request.body(IdentitySettings.self)
        try await vault.set(settings, of: app.id, asks: try request.asksToVerify())
        try await audit.record(.identitySet, "identity by \(settings.kind)", app: app.id, by: context)
        return try await show(context)
    }

    private func remove(_ context: APIContext, _ audit: AuditLog) async throws -> Response {
        let app = try await app(context)
        guard try await vault.remove(of: app.id) else { throw Problem.noSuch("identity setting of App", app.name) }
        try await audit.record(.identityRemoved, "identity", app: app.id, by: context)
        return Response(status: .noContent)
    }

    private func app(_ context: APIContext) async throws -> SQLAppStore.App {
        let mine = try context.requireApp()
        let name = try context.parameters.require("app")
        guard let app = try await apps.app(named: name), mine == .default || app.id == mine else {
            throw Problem.noSuch("App", name)
        }
        return app
    }
}

extension IdentitySettings {
    /// Which of the three they are.
    var kind: String { secret != nil ? "secret" : jwks != nil ? "jwks" : "jwks_url" }
}

/// Settings as they may be shown: never the secret.
private struct IdentityBody: Encodable {
    struct Key: Encodable {
        let kid: OrNull<String>
        let alg: String
    }

    let kind: String
    let jwksUrl: String?
    let issuer: OrNull<String>
    let audience: OrNull<String>
    /// Those that check tokens now.
    let keys: [Key]

    init(_ checker: IdentityChecker) async {
        kind = checker.settings.kind
        jwksUrl = checker.settings.jwksURL
        issuer = OrNull(checker.settings.issuer)
        audience = OrNull(checker.settings.audience)
        keys = await checker.keyLabels().map { Key(kid: OrNull($0.id), alg: $0.algorithm) }
    }
}
