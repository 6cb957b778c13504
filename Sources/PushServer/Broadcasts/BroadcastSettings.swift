import Configuration

/// Where broadcasts are read: `pushService.broadcasts…`.
public struct BroadcastSettings: Sendable {
    /// A URL that answers `{"broadcasts":{"id":"version"}}`: `pushService.broadcastsURL`; default none, then nothing is announced.
    public var url: String?
    /// What is sent as `Authorization` there, secret: `pushService.broadcastsAuthorization`.
    public var authorization: String?
    /// How often it is read: `pushService.broadcastsSeconds`.
    public var seconds = 30

    public init() {}

    mutating func read(_ config: ConfigReader) async throws {
        url = try await config.fetchString(forKey: "broadcastsURL")
        if let url, !url.hasPrefix("http://"), !url.hasPrefix("https://") {
            throw SettingsError(key: "pushService.broadcastsURL", message: "\(url) is not an http or https URL")
        }
        authorization = try await config.fetchString(forKey: "broadcastsAuthorization", isSecret: true)
        seconds = try await config.checkedInt("broadcastsSeconds", default: seconds, 1...86_400)
    }
}
