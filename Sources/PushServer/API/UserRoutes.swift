import Hummingbird
import JSON
import PushSender

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `/v1/users` and `/v1/topics`: what is kept of users, and what they and everybody join.
struct UserRoutes: Sendable {
    let users: any UserStore
    let now: @Sendable () -> Date

    private static let exportedDeviceLimit = 10_000

    func add(to routes: RouterGroup<APIContext>, _ guards: RouteGuards) {
        let read = routes.group("users").add(middleware: guards.read)
        read.get { request, context in try await list(request, context) }
        read.get(":user") { _, context in try await find(context) }
        let change = routes.group("users").add(middleware: guards.send)
        change.patch(":user") { request, context in try await update(request, context) }
        change.put(":user/topics/:topic") { _, context in try await join(context) }
        change.delete(":user/topics/:topic") { _, context in try await leave(context) }
        let admin = routes.group("users").add(middleware: guards.admin)
        admin.get(":user/export") { _, context in try await export(context, guards.audit) }
        admin.delete(":user") { _, context in try await erase(context, guards.audit) }

        routes.group("topics").add(middleware: guards.read).get("everybody") { _, context in try await everybodys(context) }
        let everybody = routes.group("topics/everybody").add(middleware: guards.send)
        everybody.put(":topic") { _, context in try await joinEverybody(context) }
        everybody.delete(":topic") { _, context in try await leaveEverybody(context) }
    }

    // MARK: Users

    private func list(_ request: Request, _ context: APIContext) async throws -> JSONReply {
        let page = try PageRequest(request)
        let found = try await users.users(app: try context.requireApp(), after: page.after, limit: page.limit)
        return try JSONReply(.ok, UserList(users: found.map(UserBody.init), next: OrNull(page.next(found.map(\.id)))))
    }

    private func find(_ context: APIContext) async throws -> JSONReply { try JSONReply(.ok, UserBody(try await user(context))) }

    private func update(_ request: Request, _ context: APIContext) async throws -> JSONReply {
        let changes = try await request.body(UserPatch.self).changes()
        let (user, isNew) = try await users.update(
            try context.name("user"), app: try context.requireApp(), changes, now: now())
        return try JSONReply(isNew ? .created : .ok, UserBody(user))
    }

    private func export(_ context: APIContext, _ audit: AuditLog) async throws -> JSONReply {
        let user = try await user(context)
        let devices = try await users.devices(of: user.id, app: try context.requireApp(), limit: Self.exportedDeviceLimit)
        try await audit.record(.userExported, "user \(user.id)", by: context)
        return try JSONReply(.ok, UserExport(user: UserBody(user), devices: devices.map(DeviceBody.init)))
    }

    private func erase(_ context: APIContext, _ audit: AuditLog) async throws -> JSONReply {
        let name = try context.name("user")
        guard let devices = try await users.erase(name, app: try context.requireApp()) else { throw Problem.noSuch("user", name) }
        try await audit.record(.userErased, "user \(name)", by: context)
        return try JSONReply(.ok, ErasedBody(user: name, devices: devices))
    }

    private func user(_ context: APIContext) async throws -> User {
        let name = try context.name("user")
        guard let user = try await users.user(name, app: try context.requireApp()) else { throw Problem.noSuch("user", name) }
        return user
    }

    // MARK: Topics

    private func join(_ context: APIContext) async throws -> JSONReply {
        try await users.join(
            try context.name("topic"), user: try context.name("user"), app: try context.requireApp(), now: now())
        return try await find(context)
    }

    private func leave(_ context: APIContext) async throws -> JSONReply {
        let user = try await user(context)
        try await users.leave(try context.name("topic"), user: user.id, app: try context.requireApp())
        return try await find(context)
    }

    private func everybodys(_ context: APIContext) async throws -> JSONReply {
        try JSONReply(.ok, TopicList(topics: try await users.everybodysTopics(app: try context.requireApp())))
    }

    private func joinEverybody(_ context: APIContext) async throws -> JSONReply {
        try await users.joinEverybody(try context.name("topic"), app: try context.requireApp())
        return try await everybodys(context)
    }

    private func leaveEverybody(_ context: APIContext) async throws -> JSONReply {
        try await users.leaveEverybody(try context.name("topic"), app: try context.requireApp())
        return try await everybodys(context)
    }
}

private struct UserPatch: RequestBody {
    let attributes: [String: JSONValue?]?
    /// Null: none any more.
    let quietHours: OrAbsent<HoursBody>

    static let shape = BodyShape.object(["attributes": .map(.any), "quiet_hours": HoursBody.shape])

    private enum Key: String, CodingKey { case attributes, quietHours }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        attributes = try fields.decodeIfPresent([String: JSONValue?].self, forKey: .attributes)
        quietHours = try OrAbsent(fields, .quietHours)
    }

    func changes() throws -> UserChanges {
        let size = (try? JSONEncoder().encode(attributes ?? [:]).count) ?? .max
        try UserLimits.check(attributesBytes: size)
        var changes = UserChanges(attributes: attributes ?? [:])
        switch quietHours {
        case .absent: break
        case .null: changes.quiet = .never
        case .value(let hours): changes.quiet = .hours(try hours.checked("quiet_hours"))
        }
        return changes
    }
}

private struct UserList: Encodable {
    let users: [UserBody]
    let next: OrNull<String>
}

private struct UserExport: Encodable {
    let user: UserBody
    let devices: [DeviceBody]
}

private struct ErasedBody: Encodable {
    let user: String
    let devices: Int
}

private struct TopicList: Encodable {
    let topics: [String]
}

private struct UserBody: Encodable {
    let id: String
    let attributes: JSONValue
    let quietHours: OrNull<HoursBody>
    let topics: [String]
    let createdAt: Date
    let updatedAt: Date

    init(_ user: User) {
        id = user.id
        attributes = .object(user.attributes)
        quietHours = OrNull(user.quietHours.map(HoursBody.init))
        topics = user.topics
        createdAt = user.createdAt
        updatedAt = user.updatedAt
    }
}
