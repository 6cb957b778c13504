import HTTPTypes
import Hummingbird
import PushSender
import PushStorage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `/v1/keys`: keys for the API. For admin keys only; those of the App `default` see to every App's, others to their own App's.
struct KeyRoutes: Sendable {
    let keys: KeyMaking
    let cache: KeyCache
    let apps: SQLAppStore

    func add(to routes: RouterGroup<APIContext>, _ guards: RouteGuards) {
        let admin = routes.group("keys").add(middleware: guards.admin)
        admin.get { _, context in try await list(context) }
        admin.post { request, context in try await create(request, context, guards.audit) }
        admin.post(":id/rotate") { request, context in try await rotate(request, context, guards.audit) }
        admin.delete(":id") { _, context in try await remove(context, guards.audit) }
    }

    private func list(_ context: APIContext) async throws -> JSONReply {
        let names = try await Dictionary(uniqueKeysWithValues: apps.apps().map { ($0.id, $0.name) })
        let found = try await keys.store.keys(app: try context.appScope())
        return try JSONReply(.ok, KeyList(keys: found.map { KeyBody($0, app: names[$0.app] ?? "", now: keys.now()) }))
    }

    private func create(_ request: Request, _ context: APIContext, _ audit: AuditLog) async throws -> JSONReply {
        let body = try await request.body(NewKeyBody.self)
        guard let scope = KeyScope(rawValue: body.scope) else {
            throw Problem(
                .unprocessableContent, "invalid_field", "scope: \(body.scope) is none of \(KeyRing.scopeNames)", field: "scope")
        }
        let app = try await app(body.app, context)
        let made = try await keys.create(app: app.id, name: body.name, scope: scope)
        try await audit.record(.keyCreated, made.key.label, app: app.id, by: context)
        return try JSONReply(.created, KeyBody(made.key, app: app.name, now: keys.now(), secret: made.secret))
    }

    private func rotate(_ request: Request, _ context: APIContext, _ audit: AuditLog) async throws -> JSONReply {
        let id = try context.parameters.require("id")
        let body = request.hasBody ? try await request.body(RotationBody.self) : RotationBody(overlapSeconds: nil)
        let rotated = try await keys.rotate(
            id: id, app: try context.appScope(), overlapSeconds: body.overlapSeconds ?? KeyMaking.defaultOverlapSeconds)
        guard let (key, secret) = rotated else { throw Problem.noSuch("key", id) }
        cache.forget(id)
        try await audit.record(.keyRotated, key.label, app: key.app, by: context)
        let name = try await apps.apps().first { $0.id == key.app }?.name
        return try JSONReply(.ok, KeyBody(key, app: name ?? "", now: keys.now(), secret: secret))
    }

    private func remove(_ context: APIContext, _ audit: AuditLog) async throws -> Response {
        let id = try context.parameters.require("id")
        guard let key = try await keys.remove(id: id, app: try context.appScope()) else { throw Problem.noSuch("key", id) }
        cache.forget(id)
        try await audit.record(.keyRemoved, key.label, app: key.app, by: context)
        return Response(status: .noContent)
    }

    /// The App of that name, as far as the key may know of it; the key's own where none is named.
    private func app(_ name: String?, _ context: APIContext) async throws -> SQLAppStore.App {
        let mine = try context.requireApp()
        let found = try await apps.apps().first { name == nil ? $0.id == mine : $0.name == name }
        guard let found, mine == .default || found.id == mine else { throw Problem.noSuch("App", name ?? "") }
        return found
    }
}

extension APIContext {
    /// Whose things an admin key sees to: nil for every App's.
    func appScope() throws(Problem) -> AppID? {
        let mine = try requireApp()
        return mine == .default ? nil : mine
    }
}

extension Request {
    fileprivate var hasBody: Bool { headers[.transferEncoding] != nil || (headers[.contentLength] ?? "0") != "0" }
}

// MARK: Bodies

private struct NewKeyBody: RequestBody {
    static let shape = BodyShape.fields("name", "scope", "app")
    let name: String
    let scope: String
    let app: String?
}

private struct RotationBody: RequestBody {
    static let shape = BodyShape.fields("overlap_seconds")
    let overlapSeconds: Int?
}

private struct KeyList: Encodable {
    let keys: [KeyBody]
}

private struct KeyBody: Encodable {
    let id: String
    let name: String
    let scope: String
    let app: String
    let createdAt: Date
    let lastUsedAt: OrNull<Date>
    /// When the secret before the last rotation stops working.
    let previousUntil: OrNull<Date>
    /// Only in the answer that makes it.
    let key: String?

    init(_ key: APIKey, app: String, now: Date, secret: String? = nil) {
        id = key.id
        name = key.name
        scope = key.scope.rawValue
        self.app = app
        createdAt = key.createdAt
        lastUsedAt = OrNull(key.lastUsedAt)
        previousUntil = OrNull(key.previousEnd(now: now))
        self.key = secret
    }
}
