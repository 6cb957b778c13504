/// What one lane may do at once, and when it holds back.
public struct LaneSettings: Sendable {
    /// Direct pushes in the air at once.
    public var directSlices = 128
    /// Slices of broadcasts in the air at once; each has one page in flight.
    public var broadcastSlices = 4
    /// Pages of retries in the air at once.
    public var retryPages = 4
    /// Devices a second; nil for as fast as the provider takes them.
    public var devicesPerSecond: Double?
    /// The share of a lane's attempts in ten minutes that may be called dead; beyond it no device is disabled. 1 for no limit.
    public var deadShare = 0.3
    /// So many devices may always be disabled within ten minutes, whatever their share.
    public var deadMinimum = 30

    public init(devicesPerSecond: Double? = nil) { self.devicesPerSecond = devicesPerSecond }

    /// FCM gives a project 600,000 messages a minute unless it was asked for more.
    public static let fcm = LaneSettings(devicesPerSecond: 10_000)
}
