import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
import NIOPosix
import PushProviders
import PushSender
import PushService
import PushStorage
import ServiceLifecycle
import UnixSignals
import WebPush

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The whole server: the one place that knows who is wired to whom.
public struct HeraldServer: Sendable {
    private let settings: ServerSettings
    private let logger: Logger
    private let onReady: @Sendable (ServerAddress) -> Void

    /// - Parameter onReady: called once connections are accepted.
    public init(
        _ settings: ServerSettings, logger: Logger, onReady: @escaping @Sendable (ServerAddress) -> Void = { _ in }
    ) {
        self.settings = settings
        self.logger = logger
        self.onReady = onReady
    }

    /// Serves until SIGTERM or SIGINT, then finishes what is in the air.
    public func run() async throws {
        let folder = try DataFolder(path: settings.dataFolder)
        let lock = try folder.lock()
        defer { withExtendedLifetime(lock) {} }
        let database = try OpenDatabase(sqlite: folder.database)
        let keyStore = SQLKeyStore(database)
        try await AdminKey.prepare(folder, keyStore, now: Date())
        let address = try ServerAddress(settings, folder)

        let transports = try SenderTransports(settings)
        do {
            try await serve(address, try ServerKeys(folder, settings), keyStore, database, transports)
        } catch {
            await transports.shutdown()
            throw error
        }
        await transports.shutdown()
    }

    private func serve(
        _ address: ServerAddress, _ keys: ServerKeys, _ keyStore: SQLKeyStore, _ database: OpenDatabase,
        _ transports: SenderTransports
    ) async throws {
        let sender = try await SenderParts(database, keys, transports, settings: settings.dispatch, logger: logger)
        let pushService = try PushServiceParts(database, keys, origin: address.origin, settings: settings, logger: logger)
        let readiness = Readiness()
        let router = Router(context: APIContext.self)
        router.add(middleware: ProblemMiddleware(logger: logger))
        addRoutes(to: router, sender, pushService, SQLAppStore(database), keyStore, address, readiness)

        let application = Application(
            router: router,
            server: pushService.server(),
            configuration: .init(address: .hostname(settings.host, port: settings.port), serverName: "herald"),
            services: [
                Background { await pushService.hub.run() },
                Background { await pushService.upkeep.run() },
            ],
            onServerRunning: { _ in onReady(address) },
            logger: logger)
        // The last in the list stops first: pages in flight may still be delivered to our own push service.
        var group = ServiceGroupConfiguration(
            services: [
                .init(service: application),
                .init(service: DispatcherService(dispatcher: sender.dispatcher, readiness: readiness)),
            ],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        // A client that never finishes its request must not keep the server from stopping.
        group.maximumGracefulShutdownDuration = .seconds(10)
        try await ServiceGroup(configuration: group).run()
    }

    private func addRoutes(
        to router: Router<APIContext>, _ sender: SenderParts, _ pushService: PushServiceParts, _ apps: SQLAppStore,
        _ keyStore: SQLKeyStore, _ address: ServerAddress, _ readiness: Readiness
    ) {
        let policy = EndpointPolicy(allowsPrivate: settings.allowsPrivateEndpoints, ownOrigin: address.origin)
        let now: @Sendable () -> Date = { Date() }
        let guards = RouteGuards(keys: keyStore)
        let api = router.group("v1")
        DeviceRoutes(devices: sender.devices, endpointPolicy: policy, now: now).add(to: api, guards)
        PushRoutes(intake: sender.intake, pushes: sender.pushes, now: now).add(to: api, guards)
        AppRoutes(apps: apps, vault: sender.vault, now: now).add(to: api, guards)
        VAPIDRoutes(apps: apps, credentials: sender.webPush).add(to: api)
        EndpointRoutes(pushService, limits: settings.pushService, logger: logger, now: now).add(to: router)
        HealthRoutes(devices: sender.devices, readiness: readiness).add(to: router)
        guard settings.servesDemo else { return }
        PageRoutes(credentials: sender.webPush).add(to: router)
        CodelabRoutes(
            devices: sender.devices, intake: sender.intake, endpointPolicy: policy, address: address, now: now
        ).add(to: router)
    }
}

/// The receiving half, wired.
struct PushServiceParts: Sendable {
    let codec: EndpointCodec
    let store: SQLMessageStore
    let hub: SocketHub
    let upkeep: PushServiceUpkeep
    private let settings: ServerSettings
    private let logger: Logger

    fileprivate init(
        _ database: OpenDatabase, _ keys: ServerKeys, origin: String, settings: ServerSettings, logger: Logger
    ) throws {
        codec = EndpointCodec(origin: origin, sealer: try CapabilitySealer(keys: keys.endpoint))
        store = SQLMessageStore(database)
        hub = SocketHub(store: store, logger: logger, now: { Date() })
        upkeep = PushServiceUpkeep(
            store: store, limits: settings.pushService, logger: logger, now: { Date() }, clock: ContinuousClock())
        self.settings = settings
        self.logger = logger
    }

    /// For connections without a request under way; a WebSocket has its own rules.
    private static let idleTimeout = Duration.seconds(60)

    fileprivate func server() -> HTTPServerBuilder {
        HTTPServerBuilder { responder in
            SocketOrHTTPChannel(
                responder: responder, makeSocketHandler: makeSocketHandler,
                frameLimitBytes: settings.pushService.frameBytes, idleTimeout: Self.idleTimeout)
        }
    }

    @Sendable private func makeSocketHandler() -> SocketHandler {
        var random = SystemRandomNumberGenerator()
        let session = Session(
            codec: codec, limits: settings.pushService, newUAID: .random(using: &random), now: Date())
        let pingMilliseconds = Int64(settings.pushService.serverPingIntervalSeconds * 1000)
        let logger = logger
        return SocketHandler(
            session: session, hub: hub, pingInterval: .milliseconds(pingMilliseconds),
            note: { logger.trace("Session", metadata: ["note": "\($0)"]) }, now: { Date() })
    }
}

extension EndpointRoutes {
    fileprivate init(
        _ parts: PushServiceParts, limits: PushServiceLimits, logger: Logger, now: @escaping @Sendable () -> Date
    ) {
        self.init(
            intake: MessageIntake(codec: parts.codec, limits: limits), codec: parts.codec, store: parts.store,
            hub: parts.hub, limits: limits, logger: logger, now: now)
    }
}
