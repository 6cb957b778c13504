import Configuration

/// How much may be asked, per node: `limits.…`.
public struct LimitSettings: Sendable {
    /// What one address may ask with a register key, the one that apps and pages carry: `registerRequestsPerSecond`, 0 for no limit.
    public var registerRequestsPerSecond = 10
    /// How much of it at once: `registerBurstRequests`.
    public var registerBurstRequests = 100
    /// What may be asked with one key, from wherever: `keyRequestsPerSecond`, 0 for no limit.
    public var keyRequestsPerSecond = 0
    /// `keyBurstRequests`
    public var keyBurstRequests = 1000
    /// What one address may ask, with whatever keys: `addressRequestsPerSecond`, 0 for no limit.
    public var addressRequestsPerSecond = 0
    /// `addressBurstRequests`
    public var addressBurstRequests = 1000
    /// How often an address may come with a key that doesn't exist: `failedKeysPerMinute`, 0 for no limit.
    public var failedKeysPerMinute = 30
    /// How many addresses to remember for each of these: `addresses`.
    public var addresses = 100_000
    /// How long a request may take to be here as a whole, from its head to its end: `requestSeconds`. A connection without one is closed
    /// 5 seconds later.
    public var requestSeconds = 60
    /// Proxies whose `X-Forwarded-For` tells who asks: `trustedProxies`, addresses and ranges such as `10.0.0.0/8` with commas between
    /// them; default none.
    var trustedProxies: [AddressBlock] = []

    public init() {}

    /// - Throws: ``SettingsError`` that names the setting.
    mutating func read(_ config: ConfigReader) async throws {
        registerRequestsPerSecond = try await config.checkedInt("registerRequestsPerSecond", default: registerRequestsPerSecond, Self.rates)
        registerBurstRequests = try await config.checkedInt("registerBurstRequests", default: registerBurstRequests, Self.bursts)
        keyRequestsPerSecond = try await config.checkedInt("keyRequestsPerSecond", default: keyRequestsPerSecond, Self.rates)
        keyBurstRequests = try await config.checkedInt("keyBurstRequests", default: keyBurstRequests, Self.bursts)
        addressRequestsPerSecond = try await config.checkedInt("addressRequestsPerSecond", default: addressRequestsPerSecond, Self.rates)
        addressBurstRequests = try await config.checkedInt("addressBurstRequests", default: addressBurstRequests, Self.bursts)
        failedKeysPerMinute = try await config.checkedInt("failedKeysPerMinute", default: failedKeysPerMinute, Self.rates)
        addresses = try await config.checkedInt("addresses", default: addresses, 100...10_000_000)
        requestSeconds = try await config.checkedInt("requestSeconds", default: requestSeconds, 1...3600)
        trustedProxies = try await config.fetchString(forKey: "trustedProxies").map(Self.blocks) ?? trustedProxies
    }

    private static let rates = 0...1_000_000
    private static let bursts = 1...1_000_000

    static func blocks(_ text: String) throws(SettingsError) -> [AddressBlock] {
        var blocks: [AddressBlock] = []
        for name in text.split(separator: ",").map({ $0.filter { $0 != " " } }) {
            guard let block = AddressBlock(name) else {
                throw SettingsError(
                    key: "limits.trustedProxies", message: "\(name) is neither an address nor a range like 10.0.0.0/8 or 2001:db8::/32")
            }
            blocks.append(block)
        }
        return blocks
    }
}
