import Crypto
import Hummingbird
import JWS
import PushSender
import PushStorage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `/v1/devices/{id}/relay`: an installation of the vendor's app gets a URL that others may send to, and takes it back.
struct RelayRoutes: Sendable {
    let settings: RelaySettings
    let store: SQLRelayStore
    let codec: RelayCodec

    func add(to routes: RouterGroup<APIContext>, _ guards: RouteGuards) {
        let register = routes.group("devices/:id/relay").add(middleware: guards.register)
        register.post { request, context in try await open(request, context) }
        register.delete { _, context in try await revoke(context) }
    }

    private func open(_ request: Request, _ context: APIContext) async throws -> JSONReply {
        guard settings.isEnabled else { throw Self.isOff }
        let body = try await request.body(RelayBody.self), device = try device(context), app = try context.requireApp()
        guard let provider = try await store.standing(of: device, app: app)?.provider else {
            throw Problem.noSuch("device", device.rawValue)
        }
        guard [.apns, .fcm].contains(provider) else {
            throw Problem(.conflict, "cannot_relay", "the device is reached through \(provider.rawValue); a relay is for apns and fcm")
        }
        let capability = try body.capability(app: app, device: device)
        guard let number = try await store.open(device, app: app, number: .random(in: 1...Int.max)) else {
            throw Problem.noSuch("device", device.rawValue)
        }
        return try JSONReply(.ok, RelayReply(endpoint: codec.endpoint(capability(number))))
    }

    private func revoke(_ context: APIContext) async throws -> Response {
        let device = try device(context)
        guard try await store.revoke(device, app: try context.requireApp()) else { throw Problem.noSuch("device", device.rawValue) }
        return Response(status: .noContent)
    }

    private func device(_ context: APIContext) throws -> DeviceID { DeviceID(rawValue: try context.parameters.require("id")) }

    private static let isOff = Problem(
        .notFound, "relay_off", "this server is no relay; HERALD_RELAY_ENABLED=true makes it one")
}

private struct RelayReply: Encodable {
    let endpoint: String
}

private struct RelayBody: RequestBody {
    let vapidKey: String?
    let wake: String?
    let title: String?

    static let shape = BodyShape.fields("vapid_key", "wake", "title")

    /// - Returns: what makes the capability, once its number is known.
    func capability(app: AppID, device: DeviceID) throws(Problem) -> (Int) -> RelayCapability {
        guard let wake = RelayCapability.Wake(rawValue: wake ?? "alert") else {
            throw Problem.invalid("wake", "it is one of \(RelayCapability.Wake.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        if let title, title.isEmpty || title.unicodeScalars.count > RelaySettings.titleCharacters {
            throw Problem.invalid("title", "give 1 to \(RelaySettings.titleCharacters) characters, or leave it out")
        }
        let keyHash = try keyHash()
        return { RelayCapability(app: app, device: device, number: $0, wake: wake, title: title, keyHash: keyHash) }
    }

    private func keyHash() throws(Problem) -> [UInt8]? {
        guard let vapidKey else { return nil }
        guard let raw = Base64URL.decode(vapidKey), (try? P256.Signing.PublicKey(x963Representation: raw)) != nil else {
            throw Problem.invalid("vapid_key", "it is the application server's public key, 65 bytes in base64url")
        }
        return Array(SHA256.hash(data: raw))
    }
}
