import Configuration
public import PushSender

/// What came of it, told: `events.…`.
public struct EventSettings: Sendable {
    /// Events are kept for so long: `events.retentionDays`. Whoever reads less often misses some.
    public var retentionDays = 7
    /// `events.readersPerApp`, `events.pollSeconds`.
    public var watch = EventWatch.Limits()
    /// A stream that has nothing to tell says so this often, or proxies would take it for dead: `events.heartbeatSeconds`.
    public var heartbeatSeconds = 15
    /// A stream ends after so long, and its reader asks again, with a key that must still be good: `events.streamSeconds`.
    public var streamSeconds = 3600
    /// Webhooks of one App: `events.webhooksPerApp`.
    public var webhooksPerApp = 20
    /// Webhooks that this node tells at the same time: `events.webhooksAtOnce`. One that hangs keeps one place busy.
    public var webhooksAtOnce = 64
    /// A webhook has to answer in this time: `events.webhookDeadlineSeconds`.
    public var webhookDeadlineSeconds = 15
    /// A webhook that has failed for so long is disabled: `events.webhookPatienceHours`.
    public var webhookPatienceHours = 72

    public init() {}

    mutating func read(_ config: ConfigReader) async throws {
        retentionDays = try await config.checkedInt("retentionDays", default: retentionDays, 1...365)
        watch.readersPerApp = try await config.checkedInt("readersPerApp", default: watch.readersPerApp, 1...100_000)
        watch.pollSeconds = Double(try await config.checkedInt("pollSeconds", default: Int(watch.pollSeconds), 1...60))
        heartbeatSeconds = try await config.checkedInt("heartbeatSeconds", default: heartbeatSeconds, 1...300)
        streamSeconds = try await config.checkedInt("streamSeconds", default: streamSeconds, 1...86_400)
        webhooksPerApp = try await config.checkedInt("webhooksPerApp", default: webhooksPerApp, 0...10_000)
        webhooksAtOnce = try await config.checkedInt("webhooksAtOnce", default: webhooksAtOnce, 1...10_000)
        webhookDeadlineSeconds = try await config.checkedInt("webhookDeadlineSeconds", default: webhookDeadlineSeconds, 1...60)
        webhookPatienceHours = try await config.checkedInt("webhookPatienceHours", default: webhookPatienceHours, 1...8760)
    }
}
