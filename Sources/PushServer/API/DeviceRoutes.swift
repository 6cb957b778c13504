import Foundation
import Hummingbird
import PushProviders
import PushSender
import WebPush

/// `/v1/devices`
struct DeviceRoutes: Sendable {
    let devices: any DeviceStore
    let endpointPolicy: EndpointPolicy
    let now: @Sendable () -> Date

    func add(to routes: RouterGroup<APIContext>, _ guards: RouteGuards) {
        let register = routes.group("devices").add(middleware: guards.register)
        register.post { request, context in try await self.register(request, context) }
        register.put(":id/topics/:topic") { _, context in
            try await change(context) { id, app in try await devices.join(try topic(context), device: id, app: app) }
        }
        register.delete(":id/topics/:topic") { _, context in
            try await change(context) { id, app in try await devices.leave(try topic(context), device: id, app: app) }
        }
        register.patch(":id") { request, context in
            let patch = try await request.json(DevicePatch.self)
            return try await change(context) { id, app in
                try await devices.setUser(try checked(user: patch.user), of: id, app: app)
            }
        }
        register.delete(":id") { _, context in try await remove(context) }

        let read = routes.group("devices").add(middleware: guards.read)
        read.get { request, context in try await list(request, context) }
        read.get(":id") { _, context in
            try await change(context) { id, app in try await devices.device(id, app: app) }
        }
    }

    private func register(_ request: Request, _ context: APIContext) async throws -> JSONReply {
        let body = try await request.json(RegistrationBody.self)
        let registration = DeviceRegistration(
            app: try context.requireApp(), provider: ProviderName(rawValue: body.token.provider),
            token: try body.token.checked(endpointPolicy), isEnvironmentGuessed: body.token.isEnvironmentGuessed, user: try checked(user: body.user), topics: try body.topics.map(checked(topics:)))
        var random = SystemRandomNumberGenerator()
        let moment = now()
        let (device, isNew) = try await devices.register(
            registration, newID: DeviceID(now: moment, random: &random), now: moment)
        return try JSONReply(
            isNew ? .created : .ok, DeviceBody(device), headers: [.location: "/v1/devices/\(device.id.rawValue)"])
    }

    private func list(_ request: Request, _ context: APIContext) async throws -> JSONReply {
        let page = try PageRequest(request)
        let found = try await devices.devices(
            app: try context.requireApp(), after: page.after.map(DeviceID.init), limit: page.limit)
        return try JSONReply(
            .ok, DeviceList(devices: found.map(DeviceBody.init), next: OrNull(page.next(found.map(\.id.rawValue)))))
    }

    private func change(
        _ context: APIContext, _ work: (DeviceID, AppID) async throws -> Device?
    ) async throws -> JSONReply {
        let id = DeviceID(rawValue: try context.parameters.require("id"))
        guard let device = try await work(id, try context.requireApp()) else {
            throw Problem.noSuch("device", id.rawValue)
        }
        return try JSONReply(.ok, DeviceBody(device))
    }

    private func remove(_ context: APIContext) async throws -> Response {
        let id = DeviceID(rawValue: try context.parameters.require("id"))
        guard try await devices.remove(id, app: try context.requireApp()) else {
            throw Problem.noSuch("device", id.rawValue)
        }
        return Response(status: .noContent)
    }

    private func topic(_ context: APIContext) throws -> String {
        let segment = try context.parameters.require("topic")
        // The router leaves a path as it was sent: a topic may hold a slash, or letters beyond ASCII.
        guard let topic = segment.removingPercentEncoding else {
            throw Problem(.badRequest, "malformed_path", "the topic in the path is not percent-encoded UTF-8", field: "topic")
        }
        return try checked(topics: [topic])[0]
    }
}

// MARK: Bodies

private struct RegistrationBody: Decodable {
    let token: TokenBody
    let user: String?
    let topics: [String]?

    private enum Key: String, CodingKey { case user, topics }

    init(from decoder: any Decoder) throws {
        token = try TokenBody(from: decoder)
        let fields = try decoder.container(keyedBy: Key.self)
        user = try fields.decodeIfPresent(String.self, forKey: .user)
        topics = try fields.decodeIfPresent([String].self, forKey: .topics)
    }
}

private struct DevicePatch: Decodable {
    /// Null signs out; a patch without it would change nothing, and is refused as a slip.
    let user: String?

    private enum Key: String, CodingKey { case user }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        user = try fields.decodeNil(forKey: .user) ? nil : fields.decode(String.self, forKey: .user)
    }
}

private struct DeviceList: Encodable {
    let devices: [DeviceBody]
    let next: OrNull<String>
}

/// A device as the API shows it: never its token.
struct DeviceBody: Encodable {
    let id: String
    let provider: String
    /// Of providers that have several.
    let environment: String?
    let kind: String?
    let appIdentifier: String?
    let user: OrNull<String>
    let topics: [String]
    let state: String
    let createdAt: Date
    let updatedAt: Date

    init(_ device: Device) {
        id = device.id.rawValue
        provider = device.provider.rawValue
        environment = device.token.environment == .only ? nil : device.token.environment.rawValue
        kind = device.token.kind.isEmpty ? nil : device.token.kind
        appIdentifier = device.token.appIdentifier.isEmpty ? nil : device.token.appIdentifier
        user = OrNull(device.user)
        topics = device.topics
        state = device.disabledAt == nil ? "active" : "disabled"
        createdAt = device.createdAt
        updatedAt = device.registeredAt
    }
}

// MARK: Checks

private let nameLimitBytes = 256
private let topicLimit = 1000

private func checked(user: String?) throws -> String? {
    guard let user else { return nil }
    guard (1...nameLimitBytes).contains(user.utf8.count) else {
        throw Problem(
            .unprocessableContent, "invalid_field", "user: give 1 to \(nameLimitBytes) bytes, or leave it out", field: "user")
    }
    return user
}

private func checked(topics: [String]) throws -> [String] {
    guard topics.count <= topicLimit, topics.allSatisfy({ (1...nameLimitBytes).contains($0.utf8.count) }) else {
        throw Problem(
            .unprocessableContent, "invalid_field",
            "topics: give at most \(topicLimit) names of 1 to \(nameLimitBytes) bytes each", field: "topics")
    }
    return topics
}
