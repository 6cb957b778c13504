/// Which of Apple's two worlds a device token belongs to: the build's entitlement `aps-environment` decides. TestFlight, ad-hoc and
/// enterprise builds are of production.
public enum APNsEnvironment: String, Sendable, Hashable, CaseIterable {
    case production
    /// Builds signed for development.
    case sandbox

    public var other: APNsEnvironment { self == .production ? .sandbox : .production }

    /// Where pushes to devices go: HTTP/2 only, port 443, or ``alternatePort``.
    public var deviceOrigin: String {
        switch self {
        case .production: "https://api.push.apple.com"
        case .sandbox: "https://api.sandbox.push.apple.com"
        }
    }

    /// Lets a firewall pass APNs while other HTTPS stays blocked.
    public static let alternatePort = 2197

    /// Where broadcasts go. Apple's pages don't agree: some name ``deviceOrigin`` for it.
    public var broadcastOrigin: String {
        switch self {
        case .production: "https://api-broadcast.push.apple.com"
        case .sandbox: "https://api-broadcast.sandbox.push.apple.com"
        }
    }

    /// Where broadcast channels are made and removed.
    public var managementOrigin: String {
        switch self {
        case .production: "https://api-manage-broadcast.push.apple.com:2196"
        case .sandbox: "https://api-manage-broadcast.sandbox.push.apple.com:2195"
        }
    }
}
