/// How much a node sends at once, and how long it may hold what it claimed.
public struct DispatchSettings: Sendable {
    /// Devices read, attempted and recorded together.
    public var pageDevices = 500
    public var retryPageDevices = 200
    /// What a dead node holds is free after this time.
    public var leaseSeconds: Double = 60
    /// How often to look for what is due, or was left behind by another node. Accepting a push wakes the dispatcher at once.
    public var pollMilliseconds = 1000
    /// After this time a page is recorded without the devices that haven't been answered yet; they are settled when they are.
    public var stragglerMilliseconds = 2000
    /// Finished pushes and their failures are deleted after this time.
    public var retentionDays = 30
    /// Devices that haven't registered for so long are removed; 0: never.
    public var deviceLifetimeHours = 0
    /// Everything is done but sending; see ``DryRun``.
    public var isDryRun = false
    public var retry = RetryPolicy()
    /// By provider; see ``lane(_:)``.
    public var lanes: [ProviderName: LaneSettings] = [.fcm: .fcm]
    var breaker = CircuitBreaker.Settings()

    public init() {}

    public func lane(_ provider: ProviderName) -> LaneSettings { lanes[provider] ?? LaneSettings() }
}
