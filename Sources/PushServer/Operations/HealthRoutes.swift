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
            guard readiness.isReady else { throw Problem.stopping }
            _ = try await devices.devices(app: .default, after: nil, limit: 1)
            return try JSONReply(.ok, Health(status: "ready"))
        }
    }

    private struct Health: Encodable {
        let status: String
    }
}

/// How far a server is in leaving.
final class Readiness: Sendable {
    private let isLeaving = Atomic(false)
    private let isClosed = Atomic(false)

    /// Whether it wants new clients.
    var isReady: Bool { !isLeaving.load(ordering: .relaxed) }
    /// Whether it takes pushes from those it has.
    var isAccepting: Bool { !isClosed.load(ordering: .relaxed) }

    func leave() { isLeaving.store(true, ordering: .relaxed) }
    func close() { isClosed.store(true, ordering: .relaxed) }
}

extension Problem {
    static let stopping = Problem(
        .serviceUnavailable, "stopping", "the server is stopping; nothing was accepted, try again", retryAfterSeconds: 5)
}
