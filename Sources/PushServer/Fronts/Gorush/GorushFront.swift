import Hummingbird
import PushSender

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The front for gorush's clients, wired.
struct GorushFront: Sendable {
    private let settings: GorushSettings
    private let sender: SenderParts
    private let address: ServerAddress
    private let watch: EventWatch
    private let statistics = GorushStatistics()
    private let now: @Sendable () -> Date

    /// - Returns: nil where the settings don't ask for it.
    init?(
        _ settings: ServerSettings, _ sender: SenderParts, _ events: EventParts, _ address: ServerAddress,
        now: @escaping @Sendable () -> Date
    ) async throws {
        guard settings.gorush.isOn else { return nil }
        self.settings = settings.gorush
        self.sender = sender
        self.address = address
        self.now = now
        watch = events.watch
        guard let url = settings.gorush.feedbackURL else { return }
        try await events.put(WebhookDefinition(app: .default, id: WebhookDialect.gorushID, url: url, kinds: [.deliveryFailed]))
    }

    /// For `GET /metrics`.
    var metrics: String { statisticsRoutes.metrics() }
    private var statisticsRoutes: GorushStatisticsRoutes { GorushStatisticsRoutes(statistics: statistics, counts: sender.counts) }

    /// - Parameter ownsRoot: whether nobody else answers at `/`.
    func add(to router: Router<APIContext>, _ access: AccessParts, _ readiness: Readiness, ownsRoot: Bool) {
        let outcomes = GorushOutcomes(pushes: sender.pushes, watch: watch, readiness: readiness, waitSeconds: settings.syncSeconds)
        GorushRoutes(
            settings: settings, intake: sender.intake, vault: sender.vault, outcomes: outcomes, statistics: statistics,
            statisticsRoutes: statisticsRoutes, access: access, address: address,
            readiness: readiness, now: now
        ).add(to: router, ownsRoot: ownsRoot)
    }
}
