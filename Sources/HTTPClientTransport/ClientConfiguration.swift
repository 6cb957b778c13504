public import AddressRule
public import AsyncHTTPClient
import NIOCore
import NIOSSL

extension AsyncHTTPTransport {
    /// How the client has to be set up for this transport: no redirects, no retries of its own (the engine decides), a bounded wait
    /// for connections, and the address rule on every connection before a request goes out on it.
    /// - Parameter trustRootsPEM: PEM files of authorities to be trusted beside the system's.
    public static func configuration(
        addressRule: AllowedAddresses, connectionsPerHost: Int = 32, trustRootsPEM: [String] = []
    ) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        tls.additionalTrustRoots = trustRootsPEM.map { .file($0) }
        configuration.tlsConfiguration = tls
        configuration.timeout = .init(connect: .seconds(10))
        configuration.connectionPool = .init(
            idleTimeout: .seconds(60), concurrentHTTP1ConnectionsPerHostSoftLimit: connectionsPerHost)
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.decompression = .disabled
        let check: @Sendable (any Channel) -> EventLoopFuture<Void> = { channel in
            channel.eventLoop.makeCompletedFuture { try addressRule.check(channel.remoteAddress) }
        }
        configuration.http1_1ConnectionDebugInitializer = check
        configuration.http2ConnectionDebugInitializer = check
        return configuration
    }
}
