import HTTPTransport
import HummingbirdCore
import Logging
import NIOCore
import PushService
import PushStorage
import ServiceLifecycle

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The receiving half, wired.
struct PushServiceParts: Sendable {
    let codec: EndpointCodec
    /// URLs of the blind relay, which senders use as they do endpoints.
    let relay: RelayCodec
    let store: SQLMessageStore
    let hub: SocketHub
    let ended: EndedEndpoints
    /// Rung when receipts were written.
    let receipts = ReceiptBell()
    /// Where receipts may be posted.
    let hookAddress: WebhookAddress
    private let registrationSecret: RegistrationSecret
    let rates: EndpointLimits
    /// One for all who ask: it remembers senders' tokens.
    let intake: MessageIntake
    let sockets = OpenSockets()
    private let places: AddressPlaces
    private let now: @Sendable () -> Date
    fileprivate let settings: ServerSettings
    private let logger: Logger

    init(
        _ database: OpenDatabase, _ keys: ServerKeys, origin: String, settings: ServerSettings, node: NodeID,
        mail: any NodeMail, logger: Logger
    ) throws {
        let sealer = try CapabilitySealer(keys: keys.endpoint)
        codec = EndpointCodec(origin: origin, sealer: sealer)
        relay = RelayCodec(origin: origin, sealer: sealer)
        store = SQLMessageStore(database)
        now = database.now
        hub = SocketHub(
            store: store, node: node, mail: mail, resyncSeconds: settings.pushService.resyncSeconds,
            board: settings.broadcasts.url == nil ? nil : BroadcastBoard([:]), receipts: receipts,
            bridges: settings.servesStubBridge ? [StubBridge.name: StubBridge()] : [:],
            hellosPerSecond: settings.pushService.hellosPerSecond, logger: logger, now: now)
        places = AddressPlaces(limit: settings.pushService.connectionsPerAddress)
        registrationSecret = RegistrationSecret(endpointKeys: keys.endpoint)
        rates = EndpointLimits(settings.endpointLimits)
        ended = EndedEndpoints(capacity: settings.pushService.endedEndpoints)
        intake = MessageIntake(codec: codec, limits: settings.pushService, ended: ended)
        hookAddress = WebhookAddress(allowsPrivate: settings.allowsPrivateEndpoints)
        self.settings = settings
        self.logger = logger
    }

    /// - Parameter takesSockets: whether user agents may connect; otherwise there is only HTTP.
    func server(takesSockets: Bool) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in
            SocketOrHTTPChannel(
                responder: responder, makeSocketHandler: takesSockets ? socketHandlers() : nil,
                trustedProxies: settings.limits.trustedProxies, frameLimitBytes: settings.pushService.frameBytes,
                requestSeconds: settings.limits.requestSeconds)
        }
    }

    private func socketHandlers() -> @Sendable (ClientAddress) -> SocketHandler {
        let rules = SessionRules(codec: codec, limits: settings.pushService)
        let host = SocketHost(hub: hub, sockets: sockets, settings: settings, logger: logger, now: now)
        return { [places] address in
            var random = SystemRandomNumberGenerator()
            let session = Session(rules: rules, newUAID: .random(using: &random), board: host.hub.announced, now: host.now())
            return SocketHandler(session: session, host: host, place: places.take(address))
        }
    }
}

extension EndpointRoutes {
    init(_ parts: PushServiceParts, now: @escaping @Sendable () -> Date) {
        self.init(
            intake: parts.intake, codec: parts.codec, store: parts.store, door: parts.door, receipts: parts.receipts, rates: parts.rates,
            posts: parts.posts, now: now)
    }
}

extension PushServiceParts {
    var posts: PostReader {
        PostReader(limits: settings.pushService, trustedProxies: settings.limits.trustedProxies, logger: logger)
    }

    var door: MessageDoor {
        MessageDoor(store: store, hub: hub, ended: ended, limits: settings.pushService, logger: logger, now: now)
    }

    var receiptRoutes: DeliveryReceiptRoutes {
        DeliveryReceiptRoutes(codec: codec, store: store, bell: receipts, address: hookAddress, logger: logger, now: now)
    }

    /// Nil where there is no bridge.
    var mobileRoutes: MobileRegistrationRoutes? {
        guard !hub.bridges.isEmpty else { return nil }
        return MobileRegistrationRoutes(
            bridges: hub.bridges.keys.sorted(), store: store, codec: codec, secret: registrationSecret, logger: logger, now: now)
    }

    /// What runs beside the server.
    /// - Parameters:
    ///   - strangers: for addresses that strangers chose.
    ///   - vendors: for those that the operator chose.
    func background(strangers: any Transport, vendors: any Transport) -> [any Service] {
        let hooks = ReceiptHookService(
            store: store, codec: codec, transport: strangers, address: hookAddress, bell: receipts, trouble: hub.trouble, now: now,
            clock: ContinuousClock())
        var services: [any Service] = []
        if settings.roles.contains(.pushEndpoint) { services.append(Background { await hooks.run() }) }
        if let poller = BroadcastPoller(settings.broadcasts, transport: vendors, hub: hub, logger: logger) {
            services.append(Background { await poller.run() })
        }
        return services
    }
}
