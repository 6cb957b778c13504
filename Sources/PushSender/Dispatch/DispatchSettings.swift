/// How much a node sends at once, and how long it may hold what it claimed.
public struct DispatchSettings: Sendable {
    /// Direct pushes in the air at once.
    public var directSlices = 128
    /// Broadcasts in the air at once; each has one page in flight.
    public var broadcastSlices = 2
    /// Devices read, attempted and recorded together.
    public var pageDevices = 160
    /// Pages of retries in the air at once.
    public var retryPages = 1
    public var retryPageDevices = 64
    /// What a dead node holds is free after this time.
    public var leaseSeconds: Double = 60
    /// How often to look for what is due, or was left behind by another node. Accepting a push wakes the dispatcher at once.
    public var pollMilliseconds = 1000
    public var retry = RetryPolicy()

    public init() {}
}
