import Configuration

/// The front for gorush's clients: `gorush.…`. Off unless `key` or `open` is given.
public struct GorushSettings: Sendable {
    /// What clients send as `Authorization: Bearer KEY` or `?key=KEY`: `gorush.key`, secret, at least 16 bytes.
    public var key: String?
    /// Whoever reaches this server may send, without a key: `gorush.open`, default false. Only on loopback.
    public var isOpen = false
    /// Answers wait for the outcome of each token: `gorush.sync`, default false.
    public var isSync = false
    /// How long they wait at most; sending goes on after that: `gorush.syncSeconds`.
    public var syncSeconds = 30
    /// Members of one request: `gorush.maxNotification`.
    public var maximumNotifications = 100
    /// The APNs environment of what names none: `gorush.production`, default true. Where there are credentials for one only, it is that.
    public var isProduction = true
    /// Is told of each token that failed: `gorush.feedbackURL`, http or https.
    public var feedbackURL: String?
    /// Where the routes stand: `gorush.path`, such as `/gorush`; default at the root.
    public var path = ""

    public init() {}

    /// Whether there is a front at all.
    public var isOn: Bool { key != nil || isOpen }

    static let keyBytes = 16

    /// - Parameter hosts: the addresses that take requests of the API.
    /// - Throws: ``SettingsError`` that names the setting.
    mutating func read(_ config: ConfigReader, hosts: [String]) async throws {
        key = try await config.fetchString(forKey: "key", isSecret: true).flatMap { $0.isEmpty ? nil : $0 }
        isOpen = try await config.fetchBool(forKey: "open", default: isOpen)
        isSync = try await config.fetchBool(forKey: "sync", default: isSync)
        syncSeconds = try await config.checkedInt("syncSeconds", default: syncSeconds, 1...600)
        maximumNotifications = try await config.checkedInt("maxNotification", default: maximumNotifications, 1...10_000)
        isProduction = try await config.fetchBool(forKey: "production", default: isProduction)
        feedbackURL = try await config.fetchString(forKey: "feedbackURL")
        path = try await config.fetchString(forKey: "path").map(Self.checkedPath) ?? path
        try check(hosts)
    }

    private func check(_ hosts: [String]) throws(SettingsError) {
        if let key, key.utf8.count < Self.keyBytes {
            throw SettingsError(key: "gorush.key", message: "give at least \(Self.keyBytes) bytes; `openssl rand -hex 16` makes them")
        }
        if let url = feedbackURL, !url.hasPrefix("https://"), !url.hasPrefix("http://") {
            throw SettingsError(key: "gorush.feedbackURL", message: "give an absolute URL, like https://example.com/feedback")
        }
        guard isOpen, let other = hosts.first(where: { !ListenAddress.isLoopback($0) }) else { return }
        throw SettingsError(
            key: "gorush.open", message: "anybody who reaches \(other) could send: listen on 127.0.0.1, or set gorush.key instead")
    }

    private static func checkedPath(_ text: String) throws(SettingsError) -> String {
        let names = text.split(separator: "/")
        guard
            names.allSatisfy({
                $0.utf8.allSatisfy { byte in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.".utf8.contains(byte) }
            }),
            names.first != "v1"
        else {
            throw SettingsError(key: "gorush.path", message: "\(text) is no path for it; give one like /gorush")
        }
        return names.map { "/" + $0 }.joined()
    }
}
