import Hummingbird
import Logging
import PushProviders
import PushSender
import PushService
import PushStorage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What each role answers over HTTP.
struct ServerRoutes: Sendable {
    let settings: ServerSettings
    let address: ServerAddress
    let database: OpenDatabase
    let sender: SenderParts
    let access: AccessParts
    let events: EventParts
    let pushService: PushServiceParts
    let gorush: GorushFront?
    let centrifugo: CentrifugoDispatcher
    let readiness: Readiness
    let logger: Logger

    func router(for roles: Set<Role>) -> Router<APIContext> {
        let router = Router(context: APIContext.self)
        router.add(middleware: ProblemMiddleware(logger: logger))
        HealthRoutes(devices: sender.devices, readiness: readiness).add(to: router)
        if settings.servesMetrics {
            MetricsRoutes(pushService: pushService, sending: sender.counts, fronts: frontMetrics).add(to: router)
        }
        if roles.contains(.api) { addAPI(to: router) }
        if !roles.isDisjoint(with: [.pushEndpoint, .pushConnect, .internal]) {
            StatusRoutes(devices: sender.devices, readiness: readiness).add(to: router)
        }
        if roles.contains(.pushEndpoint) {
            EndpointRoutes(pushService, now: database.now).add(to: router)
            pushService.receiptRoutes.add(to: router)
            pushService.mobileRoutes?.add(to: router)
            if settings.relay.isEnabled { relayRoutes.add(to: router) }
            if settings.isMatrixGateway { matrixRoutes.add(to: router) }
        }
        if roles.contains(.internal) { InternalRoutes(hub: pushService.hub).add(to: router) }
        return router
    }

    private var frontMetrics: [@Sendable () async throws -> String] {
        let metrics = centrifugo.parts.metrics
        var fronts: [@Sendable () async throws -> String] = [{ metrics.outbox.text }]
        if let gorush { fronts.append { gorush.metrics } }
        if settings.centrifugo.servesMetrics { fronts.append { try await metrics.text() } }
        return fronts
    }

    private var relayRoutes: RelayEndpointRoutes {
        RelayEndpointRoutes(
            settings: settings.relay, codec: pushService.relay,
            check: CapabilityCheck(SQLRelayStore(database), capacity: settings.pushService.endedEndpoints), intake: pushService.intake,
            pushes: sender.intake, rates: RelayLimits(settings.relay), posts: pushService.posts, now: database.now)
    }

    private var matrixRoutes: MatrixRoutes {
        let pushes = MatrixPushes(apps: SQLAppStore(database), devices: sender.devices, intake: sender.intake, logger: logger)
        return MatrixRoutes(
            gateway: MatrixGateway(
                intake: pushService.intake, door: pushService.door, codec: pushService.codec, rates: pushService.rates, pushes: pushes,
                seen: SeenNotices(), logger: logger, now: database.now),
            limits: access.limits, logger: logger)
    }

    private func addAPI(to router: Router<APIContext>) {
        let policy = EndpointPolicy(settings, address)
        let now = database.now
        let guards = access.guards
        let apps = SQLAppStore(database)
        // First LoopBack's: what it doesn't know below /api it leaves to Centrifugo's.
        if let loopBack = loopBack(policy) { router.add(middleware: loopBack) }
        if settings.centrifugo.isOn { router.add(middleware: CentrifugoFront(settings.centrifugo, centrifugo)) }
        let problems = ProblemMiddleware<APIContext>(logger: logger)
        let api = router.group("v1").add(middleware: access.limits).add(middleware: problems)
        let open = router.group("v1").add(middleware: AnyPageMiddleware()).add(middleware: access.limits).add(middleware: problems)
        access.addRoutes(to: api)
        events.addRoutes(to: api, open: open, guards)
        DeviceRoutes(devices: sender.devices, endpointPolicy: policy, identity: access.identity, now: now).add(to: api, guards)
        RelayRoutes(settings: settings.relay, store: SQLRelayStore(database), codec: pushService.relay).add(to: api, guards)
        let reader = AudienceReader(saved: sender.audiences, endpointPolicy: policy)
        let templates = SQLTemplateStore(database), rules = WordingRules(renderer: sender.renderer)
        PushRoutes(
            intake: sender.intake, pushes: sender.pushes,
            reader: PushReader(audiences: reader, words: WordsReader(templates: templates, rules: rules)), watch: events.watch,
            readiness: readiness, now: now
        ).add(to: api, guards)
        TemplateRoutes(templates: templates, rules: rules, now: now).add(to: api, guards)
        AudienceRoutes(audiences: sender.audiences, pushes: sender.pushes, reader: reader, now: now).add(to: api, guards)
        UserRoutes(users: sender.users, now: now).add(to: api, guards)
        AppRoutes(apps: apps, vault: sender.vault, now: now).add(to: api, guards)
        VAPIDRoutes(apps: apps, credentials: sender.webPush).add(to: api)
        OpenAPIRoutes().add(to: router)
        gorush?.add(to: router, access, readiness, ownsRoot: !settings.servesDemo)
        if settings.servesWebPushBook {
            WebPushBookRoutes(devices: sender.devices, intake: sender.intake, endpointPolicy: policy, address: address, now: now)
                .add(to: router)
        }
        guard settings.servesDemo else { return }
        PageRoutes(credentials: sender.webPush).add(to: router)
        CodelabRoutes(
            devices: sender.devices, intake: sender.intake, endpointPolicy: policy, address: address, limits: access.limits, now: now
        ).add(to: router)
    }
}

extension EndpointPolicy {
    init(_ settings: ServerSettings, _ address: ServerAddress) {
        self.init(
            allowsPrivate: settings.allowsPrivateEndpoints, ownOrigin: address.origin,
            allowedOrigins: settings.allowedEndpointOrigins?.map(OriginPattern.init))
    }
}
