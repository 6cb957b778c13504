import Configuration

/// Centrifugo's API over gRPC, without TLS: `centrifugo.grpc.…`. Off unless it has a port.
public struct CentrifugoGRPCSettings: Sendable {
    /// `port`; default: none.
    public var port: Int?
    /// `host`; default: where the API is.
    public var host = "127.0.0.1"
    /// `key`, secret: what clients send as `authorization: apikey KEY`. Without one anybody may who reaches the port, and so it is on
    /// loopback only.
    public var key: String?
    /// `errorMode`: `transport` answers errors as gRPC statuses; default: in the reply, unless the client asks for it.
    public var usesTransportErrors = false

    public init() {}

    var address: ListenAddress? { port.map { ListenAddress(host: host, port: $0) } }

    /// - Parameters:
    ///   - config: scoped to `centrifugo.grpc`.
    ///   - host: where the API is.
    /// - Throws: ``SettingsError`` that names the setting.
    mutating func read(_ config: ConfigReader, host: String) async throws {
        guard let port = try await config.fetchInt(forKey: "port") else { return }
        self.port = port
        guard (1...65_535).contains(port) else {
            throw SettingsError(key: "centrifugo.grpc.port", message: "\(port) is no port; give one from 1 to 65535")
        }
        self.host = try await config.fetchString(forKey: "host", default: host)
        key = try await config.fetchString(forKey: "key", isSecret: true).flatMap(\.orAbsent)
        let mode = try await config.fetchString(forKey: "errorMode", default: "")
        usesTransportErrors = try CentrifugoSettings.isTransport(mode, key: "centrifugo.grpc.errorMode")
        try checkOpenness()
    }

    private func checkOpenness() throws(SettingsError) {
        guard key == nil, let address, !address.isLoopback else { return }
        throw SettingsError(
            key: "centrifugo.grpc.key",
            message: "anybody who reaches \(host) could send: set a key, or listen on 127.0.0.1 with centrifugo.grpc.host")
    }
}
