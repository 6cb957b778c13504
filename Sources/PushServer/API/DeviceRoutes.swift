import Foundation
import Hummingbird
import PushProviders
import PushSender
import WebPush

/// `/v1/devices`
struct DeviceRoutes: Sendable {
    let devices: any DeviceStore
    let endpointPolicy: EndpointPolicy
    let identity: IdentityVerifier
    let now: @Sendable () -> Date

    func add(to routes: RouterGroup<APIContext>, _ guards: RouteGuards) {
        let register = routes.group("devices").add(middleware: guards.register)
        register.post { request, context in try await self.register(request, context) }
        register.put(":id/topics/:topic") { _, context in
            try await change(context) { id, app in try await devices.join(try context.name("topic"), device: id, app: app) }
        }
        register.delete(":id/topics/:topic") { _, context in
            try await change(context) { id, app in try await devices.leave(try context.name("topic"), device: id, app: app) }
        }
        register.patch(":id") { request, context in
            let changes = try await changes(try await request.body(DevicePatch.self), context)
            return try await change(context) { id, app in try await devices.update(id, app: app, changes, now: now()) }
        }
        register.delete(":id") { _, context in try await remove(context) }

        let read = routes.group("devices").add(middleware: guards.read)
        read.get { request, context in try await list(request, context) }
        read.get(":id") { _, context in
            try await change(context) { id, app in try await devices.device(id, app: app) }
        }
    }

    private func register(_ request: Request, _ context: APIContext) async throws -> JSONReply {
        let body = try await request.body(RegistrationBody.self)
        let registration = try body.registration(
            app: try context.requireApp(), user: try await user(body.user, body.identityToken, context), endpointPolicy)
        var random = SystemRandomNumberGenerator()
        let moment = now()
        let (device, isNew) = try await devices.register(
            registration, newID: DeviceID(now: moment, random: &random), now: moment)
        return try JSONReply(
            isNew ? .created : .ok, DeviceBody(device), headers: [.location: "/v1/devices/\(device.id.rawValue)"])
    }

    /// A patch that would change nothing is refused as a slip.
    private func changes(_ patch: DevicePatch, _ context: APIContext) async throws -> DeviceChanges {
        var changes = DeviceChanges(profile: try patch.profile.changes())
        switch patch.user {
        case .absent where patch.identityToken == nil: break
        case .absent: changes.owner = try await user(nil, patch.identityToken, context).map { .user($0) }
        case .null:
            // A token that is there is checked, also where nobody is to be proved.
            if let token = patch.identityToken { _ = try await user(nil, token, context) }
            changes.owner = .nobody
        case .value(let name): changes.owner = try await user(name, patch.identityToken, context).map { .user($0) }
        }
        guard changes != DeviceChanges() else {
            throw Problem(
                .unprocessableContent, "missing_field",
                "there is nothing to change: give user, platform, locale, time_zone, app_version or tags", field: "user")
        }
        return changes
    }

    /// Whom the device belongs to, proven where the App asks for proof.
    private func user(_ claimed: String?, _ token: String?, _ context: APIContext) async throws -> String? {
        try await identity.user(claimed: try claimed.map { try Names.checked($0, "user") }, token: token, key: try context.requireKey())
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
}

// MARK: Bodies

private struct DevicePatch: RequestBody {
    /// Null signs out.
    let user: OrAbsent<String>
    let profile: ProfileBody
    let identityToken: String?

    static let shape = BodyShape.fields("user", "identity_token").with(ProfileBody.shape)

    private enum Key: String, CodingKey { case user, identityToken }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        user = try OrAbsent(fields, .user)
        identityToken = try fields.decodeIfPresent(String.self, forKey: .identityToken)
        profile = try ProfileBody(from: decoder)
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
    let platform: String?
    let locale: String?
    let timeZone: String?
    let appVersion: String?
    let tags: [String: TagValue]
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
        platform = said(device.profile.platform)
        locale = said(device.profile.locale)
        timeZone = said(device.profile.timeZone)
        appVersion = said(device.profile.appVersion)
        tags = device.profile.tags
        state = device.disabledAt == nil ? "active" : "disabled"
        createdAt = device.createdAt
        updatedAt = device.registeredAt
    }
}

private func said(_ word: String) -> String? { word.isEmpty ? nil : word }
