/// What to simulate, and where.
public struct SimulatorSettings: Sendable {
    public var providers: Set<SimulatedProvider>
    /// The first of the ports, which is the control endpoint's; the others follow in a fixed order. 0 takes free ones.
    public var basePort: Int
    /// Where certificates and credentials are kept; what is there already is used again.
    public var directory: String
    public var bundleIDs: [String]
    public var script: FaultScript
    /// How many requests the control endpoint can show.
    public var keptRequests: Int
    public var threads: Int

    public static let usualPort = 8450
    public static let usualBundleID = "com.example.app"

    public init(
        providers: Set<SimulatedProvider> = Set(SimulatedProvider.allCases), basePort: Int = Self.usualPort,
        directory: String = "./simulators", bundleIDs: [String] = [Self.usualBundleID], script: FaultScript = .none,
        keptRequests: Int = 1000, threads: Int = 1
    ) {
        self.providers = providers
        self.basePort = basePort
        self.directory = directory
        self.bundleIDs = bundleIDs
        self.script = script
        self.keptRequests = keptRequests
        self.threads = threads
    }

    func port(_ port: SimulatedPort) -> Int {
        guard basePort > 0, let index = SimulatedPort.allCases.firstIndex(of: port) else { return 0 }
        return basePort + 1 + index
    }
}
