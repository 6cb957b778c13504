import Hummingbird
import HummingbirdCore
public import Logging
import PushProviders
import PushSender
import PushService
import PushStorage
import ServiceLifecycle

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

    /// Serves until SIGTERM or SIGINT, then finishes what is in the air. A second signal ends the process at once.
    public func run() async throws {
        let folder = try DataFolder(path: settings.dataFolder)
        // Nodes may share a folder as they may share a PostgreSQL; an SQLite file is one process's.
        let lock = try settings.database == nil ? folder.lock() : nil
        defer { withExtendedLifetime(lock) {} }
        let database = try OpenDatabase(settings, folder)
        defer { database.close() }
        let keys = try await ServerKeys(folder, settings, database)
        try await AdminKey.prepare(folder, SQLKeyStore(database), isShared: database.isShared, now: database.now())
        let transports = try SenderTransports(settings)
        do {
            try await serve(try ServerAddress(settings, folder), keys, database, transports)
        } catch {
            await transports.shutdown()
            throw error
        }
        await transports.shutdown()
    }

    private func serve(
        _ address: ServerAddress, _ keys: ServerKeys, _ database: OpenDatabase, _ transports: SenderTransports
    ) async throws {
        var random = SystemRandomNumberGenerator()
        let node = NodeID.random(using: &random)
        let post = NodePost(database.mail, node: node)
        let events = try EventParts(
            database, keys, transport: transports.strangers, origin: address.origin, settings: settings.events,
            allowsPrivate: settings.allowsPrivateEndpoints, logger: logger)
        let sender = try await SenderParts(
            database, keys, transports, settings, events: events, node: node, post: post, logger: logger)
        let pushService = try PushServiceParts(
            database, keys, origin: address.origin, settings: settings, node: node, mail: post ?? NoMail(), logger: logger)
        let access = try await AccessParts(database, keys, settings.limits, transport: transports.strangers, logger: logger)
        let gorush = try await GorushFront(settings, sender, events, address, now: database.now)
        let readiness = Readiness()
        let centrifugo = CentrifugoDispatcher(
            settings, address, database, sender, events, readiness, outside: transports.vendors, logger: logger)
        let routes = ServerRoutes(
            settings: settings, address: address, database: database, sender: sender, access: access, events: events,
            pushService: pushService, gorush: gorush, centrifugo: centrifugo, readiness: readiness, logger: logger)
        let applications = try listening(routes, pushService) { onReady(address) }
        let upkeep = Upkeep(
            messages: pushService.store, devices: sender.devices, pushes: sender.pushes, audit: access.audit, events: events,
            limits: settings.pushService, dispatch: settings.dispatch, logger: logger, now: database.now, clock: ContinuousClock())

        // The last in the list stops first: pages in flight may still be delivered to our own push service.
        var services: [any Service] = [
            Background { await pushService.hub.run() },
            Together(
                services: [Background { await upkeep.run() }, access.keyUse]
                    + pushService.background(strangers: transports.strangers, vendors: transports.vendors)
                    + events.services(
                        node: node, tellsWebhooks: settings.roles.contains(.dispatch),
                        dialects: [.gorushFeedback(settings, sender.pushes, transports.vendors)])),
        ]
        if let post {
            var listeners = sender.listeners(now: database.now, logger)
            listeners.news = { pushService.hub.receive($0) }
            listeners.lostNews = { pushService.hub.lostNews() }
            services.append(Background { [listeners] in await post.run(listeners) })
            services.append(Background { [listeners] in await Self.lookForLostNews(listeners) })
        }
        services.append(UntilSocketsClose(server: Together(services: applications), sockets: pushService.sockets))
        if let dispatcher = sender.dispatcher {
            services.append(DispatcherService(dispatcher: dispatcher, pagesSeconds: settings.leaving.pagesSeconds, logger: logger))
        }
        if settings.roles.contains(.api), !settings.outboxes.isEmpty {
            services.append(Together(services: centrifugo.consumers(settings.outboxes)))
        }
        services.append(WhenStopping { database.hurry() })
        services.append(ReadinessService(readiness: readiness, seconds: settings.leaving.readinessSeconds))
        try await ServerProcess(services: services, leaving: settings.leaving, logger: logger).run()
    }

    /// A node may die between a change and the word of it.
    private static func lookForLostNews(_ listeners: NodePost.Listeners) async {
        while (try? await Task.sleep(for: .seconds(30))) != nil { await listeners.credentials() }
    }

    /// An application for each address, and whoever takes calls over gRPC.
    private func listening(
        _ routes: ServerRoutes, _ pushService: PushServiceParts, onAllRunning: @escaping @Sendable () -> Void
    ) throws -> [any Service] {
        let listeners = settings.listeners
        let calls = settings.roles.contains(.api) ? settings.centrifugo.grpc.address : nil
        let starting = Countdown(listeners.count + (calls == nil ? 0 : 1), onAllRunning)
        let applications: [any Service] = listeners.map { listener in
            Application(
                router: routes.router(for: listener.roles),
                server: pushService.server(takesSockets: listener.roles.contains(.pushConnect)),
                configuration: .init(
                    address: .hostname(listener.address.host, port: listener.address.port), serverName: "herald"),
                onServerRunning: { _ in starting.count() },
                logger: logger)
        }
        guard let calls else { return applications }
        let taking = try CentrifugoGRPCListener(
            calls, settings.centrifugo.grpc, routes.centrifugo, leavingSeconds: settings.leaving.socketsSeconds
        ) { starting.count() }
        return applications + [taking]
    }
}

extension OpenDatabase {
    /// PostgreSQL where one is set, else the file in the data folder.
    init(_ settings: ServerSettings, _ folder: DataFolder) throws {
        self = try settings.database.map { try OpenDatabase(postgres: $0) } ?? OpenDatabase(sqlite: folder.database)
    }
}
