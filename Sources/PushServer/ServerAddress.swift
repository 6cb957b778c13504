import Foundation
import WebPush

/// Where a running server is to be found, and its admin key.
public struct ServerAddress: Sendable {
    /// Scheme, host and port as senders and user agents see them.
    public let origin: String
    public let port: Int
    public let dataFolder: String
    public let adminKeyFile: String
    public let servesDemo: Bool

    init(_ settings: ServerSettings, _ folder: DataFolder) throws {
        origin = try WebPushEndpoint(settings.publicURL ?? "http://localhost:\(settings.port)").origin
        port = settings.port
        dataFolder = settings.dataFolder
        adminKeyFile = folder.adminKey.path
        servesDemo = settings.servesDemo
    }
}
