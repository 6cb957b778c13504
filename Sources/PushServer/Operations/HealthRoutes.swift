import HTTPTypes
import Hummingbird
import NIOCore
import PushSender
import Synchronization

/// `/health/live`: the process answers. `/health/ready`: it also takes work, which needs the database.
struct HealthRoutes: Sendable {
    let devices: any DeviceStore
    let readiness: Readiness

    func add(to router: Router<APIContext>) {
        router.get("health/live") { _, _ in try JSONReply(.ok, Health(status: "live")) }
        router.get("health/ready") { _, _ in
            guard readiness.isReady else {
                throw Problem(.serviceUnavailable, "stopping", "the server is stopping", retryAfterSeconds: 5)
            }
            _ = try await devices.devices(app: .default, after: nil, limit: 1)
            return try JSONReply(.ok, Health(status: "ready"))
        }
    }

    private struct Health: Encodable {
        let status: String
    }
}

/// Whether this server wants new work.
final class Readiness: Sendable {
    private let stopping = Atomic(false)
    var isReady: Bool { !stopping.load(ordering: .relaxed) }
    func stop() { stopping.store(true, ordering: .relaxed) }
}
