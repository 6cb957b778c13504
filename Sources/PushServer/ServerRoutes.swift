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
    let pushService: PushServiceParts
    let readiness: Readiness
    let logger: Logger

    func router(for roles: Set<Role>) -> Router<APIContext> {
        let router = Router(context: APIContext.self)
        router.add(middleware: ProblemMiddleware(logger: logger))
        HealthRoutes(devices: sender.devices, readiness: readiness).add(to: router)
        if roles.contains(.api) { addAPI(to: router) }
        if roles.contains(.pushEndpoint) {
            EndpointRoutes(pushService, limits: settings.pushService, logger: logger, now: database.now).add(to: router)
        }
        return router
    }

    private func addAPI(to router: Router<APIContext>) {
        let policy = EndpointPolicy(allowsPrivate: settings.allowsPrivateEndpoints, ownOrigin: address.origin)
        let now = database.now
        let guards = RouteGuards(keys: SQLKeyStore(database))
        let apps = SQLAppStore(database)
        let api = router.group("v1")
        DeviceRoutes(devices: sender.devices, endpointPolicy: policy, now: now).add(to: api, guards)
        PushRoutes(intake: sender.intake, pushes: sender.pushes, readiness: readiness, now: now).add(to: api, guards)
        AppRoutes(apps: apps, vault: sender.vault, now: now).add(to: api, guards)
        VAPIDRoutes(apps: apps, credentials: sender.webPush).add(to: api)
        guard settings.servesDemo else { return }
        PageRoutes(credentials: sender.webPush).add(to: router)
        CodelabRoutes(
            devices: sender.devices, intake: sender.intake, endpointPolicy: policy, address: address, now: now
        ).add(to: router)
    }
}
