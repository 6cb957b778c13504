import Hummingbird
import PushSender
import PushService

/// What load balancers and operators of Mozilla's push service ask, under the paths that they know.
struct StatusRoutes: Sendable {
    let devices: any DeviceStore
    let readiness: Readiness

    static let version = "herald"

    func add(to router: Router<APIContext>) {
        // The process answers: nothing else is looked at.
        router.get("__lbheartbeat__") { _, _ in try JSONReply(.ok, Status(status: "OK", version: nil)) }
        router.get("status") { _, _ in try JSONReply(.ok, Status(status: "OK", version: Self.version)) }
        router.get("__version__") { _, _ in try JSONReply(.ok, Version(version: Self.version)) }
        router.get("__error__") { _, _ in EndpointRefusal.rehearsal.response }
        for path in ["health", "__heartbeat__"] as [RouterPath] {
            router.get(path) { _, _ in
                guard readiness.isReady else { throw Problem.stopping }
                _ = try await devices.devices(app: .default, after: nil, limit: 1)
                return try JSONReply(.ok, Status(status: "OK", version: Self.version))
            }
        }
    }

    private struct Status: Encodable {
        let status: String
        let version: String?
    }

    private struct Version: Encodable {
        let version: String
    }
}
