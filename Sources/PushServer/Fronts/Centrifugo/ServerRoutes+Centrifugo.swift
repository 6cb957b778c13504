import PushProviders
import PushSender
import PushStorage

extension ServerRoutes {
    /// The front for clients of Centrifugo's push API.
    func centrifugo(_ policy: EndpointPolicy) -> CentrifugoFront {
        let settings = settings.centrifugo
        let parts = CentrifugoParts(
            settings: settings, devices: sender.devices, users: sender.users, intake: sender.intake, pushes: sender.pushes,
            receipts: events.receipts, rules: WordingRules(renderer: sender.renderer), endpointPolicy: policy, watch: events.watch,
            readiness: readiness,
            metrics: CentrifugoMetrics(sent: sender.counts, pushes: sender.pushes, now: database.now), now: database.now)
        let upstream = outside.flatMap { CentrifugoUpstream(settings, transport: $0) }
        return CentrifugoFront(settings, CentrifugoDispatcher(parts: parts, upstream: upstream, logger: logger))
    }
}
