import APNs
import PushSender
import Synchronization

/// Where a credential's requests go: Apple's hosts, or what stands in for them.
struct APNsOrigins: Sendable {
    private let production: String?
    private let sandbox: String?
    private let broadcast: String?
    private let management: String?
    /// Which of the two hosts takes broadcasts: Apple's pages name both.
    let broadcastsOnDeviceHost = Remembered()

    /// - Throws: names the field that is no origin.
    init(_ fields: CredentialFields) throws(CredentialProblem) {
        production = try fields.origin("endpoint")
        sandbox = try fields.origin("sandbox_endpoint") ?? production
        broadcast = try fields.origin("broadcast_endpoint")
        management = try fields.origin("management_endpoint")
    }

    func device(_ environment: APNsEnvironment) -> String { replacement(environment) ?? environment.deviceOrigin }

    func management(_ environment: APNsEnvironment) -> String {
        management ?? replacement(environment) ?? environment.managementOrigin
    }

    func broadcast(_ environment: APNsEnvironment) -> String {
        if let broadcast { return broadcast }
        return broadcastsOnDeviceHost.contains(environment) ? device(environment) : replacement(environment) ?? environment.broadcastOrigin
    }

    /// Where a broadcast is worth a second try; nil when the first host is the only one.
    func otherBroadcast(_ environment: APNsEnvironment) -> String? {
        let other = device(environment)
        return broadcast != nil || broadcast(environment) == other ? nil : other
    }

    var summary: [String: String] {
        var summary: [String: String] = [:]
        summary["endpoint"] = production
        summary["sandbox_endpoint"] = sandbox == production ? nil : sandbox
        summary["broadcast_endpoint"] = broadcast
        summary["management_endpoint"] = management
        return summary
    }

    private func replacement(_ environment: APNsEnvironment) -> String? { environment == .production ? production : sandbox }

    final class Remembered: Sendable {
        private let environments = Mutex<Set<APNsEnvironment>>([])
        func contains(_ environment: APNsEnvironment) -> Bool { environments.withLock { $0.contains(environment) } }
        func insert(_ environment: APNsEnvironment) { environments.withLock { _ = $0.insert(environment) } }
    }
}

extension APNsEnvironment {
    /// Nil for an environment that isn't one of Apple's.
    init?(_ environment: ProviderEnvironment) { self.init(rawValue: environment.rawValue) }

    var lane: ProviderEnvironment { self == .production ? .production : .sandbox }
}
