import HTTPTransport
import Logging
import PushProviders
import PushSender
import PushStorage
import ServiceLifecycle

extension CentrifugoDispatcher {
    /// - Parameter outside: reaches addresses within the operator's network.
    init(
        _ settings: ServerSettings, _ address: ServerAddress, _ database: OpenDatabase, _ sender: SenderParts, _ events: EventParts,
        _ readiness: Readiness, outside: any Transport, logger: Logger
    ) {
        parts = CentrifugoParts(
            settings: settings.centrifugo, devices: sender.devices, users: sender.users, intake: sender.intake, pushes: sender.pushes,
            receipts: events.receipts, rules: WordingRules(renderer: sender.renderer),
            endpointPolicy: EndpointPolicy(settings, address), watch: events.watch, readiness: readiness,
            metrics: CentrifugoMetrics(sent: sender.counts, pushes: sender.pushes, now: database.now), now: database.now)
        upstream = CentrifugoUpstream(settings.centrifugo, transport: outside)
        self.logger = logger
    }

    /// Consumers of the outboxes that the settings name.
    func consumers(_ outboxes: [OutboxSettings]) -> [any Service] {
        outboxes.map { outbox in
            let consumer = OutboxConsumer(outbox, self) { PostgresOutbox(outbox) }
            return Background { await consumer.run() }
        }
    }
}
