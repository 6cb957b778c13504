/// Between which bounds, and how boldly, the interval between pings is learned.
public struct KeepAliveRules: Sendable, Hashable {
    /// What a network nobody knows yet is tried with. Most proxies drop what is silent for 60 s.
    public var startSeconds: Double
    /// No two pings come closer together. Mozilla's service closes the connection on pings within 45 s, counted in whole seconds.
    public var minimumSeconds: Double
    public var maximumSeconds: Double
    /// Pings that must be answered, each after as long a silence, before a longer one is tried.
    public var successesToGrow: Int
    public var growth: Double
    public var retreat: Double
    /// How long a network that dropped a longer silence isn't tried with one again.
    public var holdSeconds: Double

    public init(
        startSeconds: Double = 55, minimumSeconds: Double = 46, maximumSeconds: Double = 1800, successesToGrow: Int = 3,
        growth: Double = 1.25, retreat: Double = 0.95, holdSeconds: Double = 86_400
    ) {
        self.startSeconds = startSeconds
        self.minimumSeconds = minimumSeconds
        self.maximumSeconds = maximumSeconds
        self.successesToGrow = successesToGrow
        self.growth = growth
        self.retreat = retreat
        self.holdSeconds = holdSeconds
    }

    /// - Returns: the interval that is nearest to `seconds` among the allowed ones.
    func bounded(_ seconds: Double) -> Double { max(minimumSeconds, min(maximumSeconds, seconds)) }
}
