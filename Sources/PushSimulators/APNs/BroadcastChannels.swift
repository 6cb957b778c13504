import JWS

/// The broadcast channels of an account (Apple: Sending channel management requests to APNs).
struct BroadcastChannels: Sendable {
    static let maximumOfApp = 10_000

    /// Whether APNs keeps a channel's newest message.
    enum StoragePolicy: Int, Sendable {
        case nothing = 0
        case newest = 1
    }

    private var policies: [String: [String: StoragePolicy]] = [:]

    /// - Returns: the new channel's id; nil when the app has as many as it may.
    mutating func create(of bundleID: String, _ policy: StoragePolicy, chance: inout SeededChance) -> String? {
        guard policies[bundleID]?.count ?? 0 < Self.maximumOfApp else { return nil }
        let bytes = (0..<2).flatMap { _ in withUnsafeBytes(of: chance.next() as UInt64) { Array($0) } }
        // Sixteen bytes leave two letters to pad in plain base64, which Apple's ids are.
        let id = Base64URL.encode(bytes).map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 } + "=="
        policies[bundleID, default: [:]][String(id)] = policy
        return String(id)
    }

    func policy(_ id: String, of bundleID: String) -> StoragePolicy? { policies[bundleID]?[id] }

    mutating func remove(_ id: String, of bundleID: String) { policies[bundleID]?[id] = nil }

    func ids(of bundleID: String) -> [String] { (policies[bundleID] ?? [:]).keys.sorted() }
}
