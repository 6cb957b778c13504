import Foundation
import Hummingbird
import Logging
import PushService
import PushStorage

@testable import PushServer

/// The routes of a server that takes requests of the native API and nothing else, as the composition root wires them.
struct NativeRoutes {
    /// Such as `PATCH /v1/users/{user}`.
    let names: Set<String>

    init() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "herald-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        var settings = ServerSettings()
        settings.dataFolder = folder.path
        settings.roles = [.api]
        settings.isDemoEnabled = false
        let transports = try SenderTransports(settings)
        let routes = try await Self.routes(settings, transports)
        names = Set(routes.router(for: settings.roles).routes.map { "\($0.method) \($0.path)" })
        routes.database.close()
        await transports.shutdown()
    }

    private static func routes(_ settings: ServerSettings, _ transports: SenderTransports) async throws -> ServerRoutes {
        let folder = try DataFolder(path: settings.dataFolder), logger = Logger(label: "test")
        let database = try OpenDatabase(sqlite: folder.database), address = try ServerAddress(settings, folder)
        let keys = try await ServerKeys(folder, settings, database), node = NodeID(rawValue: "one")
        let events = try EventParts(
            database, keys, transport: transports.strangers, origin: address.origin, settings: settings.events, allowsPrivate: false,
            logger: logger)
        let readiness = Readiness(), sender = try await SenderParts(
            database, keys, transports, settings, events: events, node: node, post: nil, logger: logger)
        return ServerRoutes(
            settings: settings, address: address, database: database, sender: sender,
            access: try await AccessParts(database, keys, settings.limits, transport: transports.strangers, logger: logger),
            events: events,
            pushService: try PushServiceParts(
                database, keys, origin: address.origin, settings: settings, node: node, mail: NoMail(), logger: logger),
            gorush: nil,
            centrifugo: CentrifugoDispatcher(
                settings, address, database, sender, events, readiness, outside: transports.vendors, logger: logger),
            readiness: readiness, logger: logger)
    }
}
