import Hummingbird
import PushProviders
import PushSender

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `/v1/audiences`: audiences with a name, and how many devices one has.
struct AudienceRoutes: Sendable {
    let audiences: any AudienceStore
    let pushes: any PushStore
    let reader: AudienceReader
    let now: @Sendable () -> Date

    func add(to routes: RouterGroup<APIContext>, _ guards: RouteGuards) {
        let read = routes.group("audiences").add(middleware: guards.read)
        read.get { request, context in try await list(request, context) }
        read.get(":name") { _, context in try await find(context) }
        read.post("count") { request, context in try await count(request, context) }
        let send = routes.group("audiences").add(middleware: guards.send)
        send.put(":name") { request, context in try await save(request, context, guards.audit) }
        send.delete(":name") { _, context in try await remove(context, guards.audit) }
    }

    private func count(_ request: Request, _ context: APIContext) async throws -> JSONReply {
        let app = try context.requireApp()
        let body = try await request.body(CountRequest.self)
        let audience = try await reader.audience(body.audience, app: app)
        try audience.checkSize()
        let devices = try await pushes.count(audience, app: app)
        return try JSONReply(
            .ok,
            CountBody(
                devices: devices.values.reduce(0, +),
                byProvider: Dictionary(uniqueKeysWithValues: devices.map { ($0.key.rawValue, $0.value) })))
    }

    private func save(_ request: Request, _ context: APIContext, _ audit: AuditLog) async throws -> JSONReply {
        let app = try context.requireApp(), name = try context.name("name")
        guard name != "count" else { throw Problem.invalid("name", "count is what POST /v1/audiences/count does; take another name") }
        let body = try await request.body(AudienceBody.self)
        guard body.audiences == nil, body.exclude?.audiences == nil, body.tokens == nil else {
            throw Problem.invalid("audiences", "a saved audience names neither other saved ones nor tokens")
        }
        let audience = try await reader.audience(body, app: app, field: "audience")
        guard audience.everyone || audience.nameCount > 0 || audience.tags != nil else {
            throw Problem.invalid("audience", "name somebody: \"all\": true, or at least one of devices, users, topics and tags")
        }
        try audience.checkSize()
        let isNew = try await audiences.save(audience, as: name, app: app, now: now())
        try await audit.record(.audienceSet, "audience \(name)", by: context)
        guard let saved = try await audiences.audience(named: name, app: app) else { throw Problem.noSuch("saved audience", name) }
        return try JSONReply(isNew ? .created : .ok, SavedBody(saved))
    }

    private func list(_ request: Request, _ context: APIContext) async throws -> JSONReply {
        let page = try PageRequest(request)
        let found = try await audiences.audiences(app: try context.requireApp(), after: page.after, limit: page.limit)
        return try JSONReply(.ok, SavedList(audiences: found.map(SavedBody.init), next: OrNull(page.next(found.map(\.name)))))
    }

    private func find(_ context: APIContext) async throws -> JSONReply {
        let name = try context.name("name")
        guard let saved = try await audiences.audience(named: name, app: try context.requireApp()) else {
            throw Problem.noSuch("saved audience", name)
        }
        return try JSONReply(.ok, SavedBody(saved))
    }

    private func remove(_ context: APIContext, _ audit: AuditLog) async throws -> Response {
        let name = try context.name("name")
        guard try await audiences.remove(audience: name, app: try context.requireApp()) else {
            throw Problem.noSuch("saved audience", name)
        }
        try await audit.record(.audienceRemoved, "audience \(name)", by: context)
        return Response(status: .noContent)
    }
}

private struct CountRequest: RequestBody {
    let audience: AudienceBody
    static let shape = BodyShape.object(["audience": AudienceBody.shape])
}

private struct CountBody: Encodable {
    let devices: Int
    let byProvider: [String: Int]
}

private struct SavedList: Encodable {
    let audiences: [SavedBody]
    let next: OrNull<String>
}

private struct SavedBody: Encodable {
    let name: String
    let audience: AudienceReply
    let createdAt: Date
    let updatedAt: Date

    init(_ saved: SavedAudience) {
        name = saved.name
        audience = AudienceReply(saved.audience)
        createdAt = saved.createdAt
        updatedAt = saved.updatedAt
    }
}

/// An audience as it is answered: in the words in which it was asked for.
struct AudienceReply: Encodable {
    let all: Bool?
    let devices: [String]?
    let users: [String]?
    let topics: [String]?
    let tags: String?
    let exclude: Excluded?

    /// Nobody who is in one of these.
    struct Excluded: Encodable {
        let devices: [String]?
        let users: [String]?
        let topics: [String]?
        let tags: String?
    }

    init(_ audience: Audience) {
        all = audience.everyone ? true : nil
        devices = said(audience.devices.map(\.rawValue))
        users = said(audience.users)
        topics = said(audience.topics)
        tags = audience.tags?.text
        exclude = audience.excluded.isEmpty ? nil : Excluded(audience.excluded)
    }
}

extension AudienceReply.Excluded {
    /// - Parameter audiences: as ``AudienceReader`` makes them of one object: the names in one, the expression in another.
    fileprivate init(_ audiences: [Audience]) {
        devices = said(audiences.flatMap(\.devices).map(\.rawValue))
        users = said(audiences.flatMap(\.users))
        topics = said(audiences.flatMap(\.topics))
        tags = audiences.lazy.compactMap(\.tags?.text).first
    }
}

private func said(_ names: [String]) -> [String]? { names.isEmpty ? nil : names }
