import PushProviders
import PushSender
import PushStorage

extension ServerRoutes {
    /// The front for clients of Centrifugo's push API.
    func centrifugo() -> CentrifugoFront { CentrifugoFront(settings.centrifugo, centrifugoDispatcher) }

    /// The same over gRPC.
    /// - Returns: nil unless it has a port, and this node takes requests of the API.
    /// - Throws: when its host has no address.
    func centrifugoGRPC() throws -> CentrifugoGRPCListener? {
        guard settings.roles.contains(.api) else { return nil }
        return try CentrifugoGRPCListener(
            settings.centrifugo.grpc, centrifugoDispatcher, leavingSeconds: settings.leaving.socketsSeconds, logger: logger)
    }

    /// Who carries methods out, however they come.
    var centrifugoDispatcher: CentrifugoDispatcher {
        let settings = settings.centrifugo
        let parts = CentrifugoParts(
            settings: settings, devices: sender.devices, users: sender.users, intake: sender.intake, pushes: sender.pushes,
            receipts: events.receipts, rules: WordingRules(renderer: sender.renderer), endpointPolicy: endpointPolicy, watch: events.watch,
            readiness: readiness, metrics: centrifugoMetrics, now: database.now)
        let upstream = outside.flatMap { CentrifugoUpstream(settings, transport: $0) }
        return CentrifugoDispatcher(parts: parts, upstream: upstream, logger: logger)
    }
}
