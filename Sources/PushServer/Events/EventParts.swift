import HTTPTransport
import Hummingbird
import Logging
import PushSender
import PushService
import PushStorage
import ServiceLifecycle

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What came of it, told: wired.
struct EventParts: Sendable {
    let store: SQLEventStore
    /// To be rung when something was written.
    let watch: EventWatch
    /// For the engine: what a push that wants receipts carries.
    let links: ReceiptLinks
    private let settings: EventSettings
    let receipts: SQLReceiptStore
    private let counter: ReceiptCounter
    private let webhooks: SQLWebhookStore
    private let vault: WebhookVault
    private let call: WebhookCall
    private let isShared: Bool
    private let logger: Logger
    private let now: @Sendable () -> Date

    /// - Parameter transport: for addresses that strangers chose.
    init(
        _ database: OpenDatabase, _ keys: ServerKeys, transport: any Transport, origin: String, settings: EventSettings,
        allowsPrivate: Bool, logger: Logger
    ) throws {
        now = database.now
        store = SQLEventStore(database)
        watch = EventWatch(store: store, limits: settings.watch, now: database.now)
        links = try ReceiptLinks(origin: origin, endpointKeys: keys.endpoint)
        receipts = SQLReceiptStore(database)
        counter = ReceiptCounter(store: receipts, now: database.now)
        webhooks = SQLWebhookStore(database)
        vault = WebhookVault(store: webhooks, keys: keys.master)
        call = WebhookCall(
            transport: transport, address: WebhookAddress(allowsPrivate: allowsPrivate),
            deadline: .seconds(settings.webhookDeadlineSeconds))
        isShared = database.isShared
        self.settings = settings
        self.logger = logger
    }

    /// - Parameter open: the same routes' place for pages of any origin.
    func addRoutes(to api: RouterGroup<APIContext>, open: RouterGroup<APIContext>, _ guards: RouteGuards) {
        EventRoutes(store: store, watch: watch, settings: settings, now: now).add(to: api, guards)
        let receiptRoutes = ReceiptRoutes(links: links, counter: counter, store: receipts, watch: watch, now: now)
        receiptRoutes.add(to: api, guards)
        receiptRoutes.addLinks(to: open)
        WebhookRoutes(store: webhooks, vault: vault, call: call, watch: watch, settings: settings, now: now).add(to: api, guards)
    }

    /// To be stopped after the HTTP server, which needs the first two.
    /// - Parameters:
    ///   - tellsWebhooks: whether this node sends.
    ///   - dialects: how webhooks of fronts are told.
    func services(node: NodeID, tellsWebhooks: Bool, dialects: [WebhookDialect]) -> [any Service] {
        var services: [any Service] = [Background { await watch.run() }, Background { await counter.run() }]
        if tellsWebhooks {
            let service = WebhookService(
                store: webhooks, vault: vault, call: call, dialects: dialects, watch: watch, settings: settings,
                node: LeaseOwner(rawValue: node.rawValue), isAlone: !isShared, logger: logger, now: now)
            services.append(Background { await service.run() })
        }
        return services
    }

    /// Makes a webhook that the operator's settings ask for, or gives it another URL. It goes on where it was.
    func put(_ webhook: WebhookDefinition) async throws {
        let secrets = try vault.seal(WebhookSecrets(current: randomBytes(32)), webhook.id, webhook.app)
        _ = try await webhooks.put(webhook, sealedSecrets: secrets, limit: .max, now: now())
    }

    /// Deletes events that have had their time, in small batches.
    func deleteOld() async throws {
        let old = now().addingTimeInterval(-Double(settings.retentionDays) * 86_400)
        while try await store.deleteEvents(before: old, limit: Self.batchRows) == Self.batchRows {}
    }

    private static let batchRows = 500
}
