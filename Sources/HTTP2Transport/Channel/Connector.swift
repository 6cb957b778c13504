import AddressRule
import HTTPTransport
import NIOCore
import NIOPosix
import NIOSSL

/// Opens connections to one origin: a fresh look-up, the address rule on what it finds, TCP, TLS with ALPN.
struct Connector: Sendable {
    let origin: HTTPOrigin
    let group: ConnectionGroup
    let addressRule: AllowedAddresses
    let settings: HTTP2TransportSettings
    let tls: NIOSSLContext
    /// Where names are looked up; the system's resolver but in tests.
    let resolver: @Sendable (any EventLoop) -> any Resolver & Sendable

    /// - Returns: a TCP connection to an address that was checked, also after the connect.
    func connect(on loop: any EventLoop) -> EventLoopFuture<any Channel> {
        ClientBootstrap(group: loop)
            .resolver(CheckedResolver(addressRule, over: resolver(loop)))
            .connectTimeout(TimeAmount(settings.connectTimeout))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.writeBufferWaterMark, value: .init(low: 1 << 18, high: 1 << 20))
            // A whole page of small replies fits into one read.
            .channelOption(.recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 4096, initial: 65_536, maximum: 262_144))
            .connect(host: origin.host, port: origin.port)
            .flatMapThrowing { channel in
                do { try addressRule.check(channel.remoteAddress) } catch {
                    channel.close(promise: nil)
                    throw error
                }
                return channel
            }
    }

    /// TLS on a connection, and what speaks over it. Only now: of several addresses that are tried at once, one wins.
    func add(_ handler: ConnectionHandler, to channel: any Channel) throws {
        try channel.pipeline.syncOperations.addHandlers([NIOSSLClientHandler(context: tls, serverHostname: serverName), handler])
    }

    /// SNI takes names only (RFC 6066 §3).
    private var serverName: String? { origin.literalAddress == nil ? origin.host : nil }

    /// `:authority` (RFC 9113 §8.3.1): without the port where it is the usual one.
    var authority: String {
        let host = origin.literalAddress?.count == 16 ? "[\(origin.host)]" : origin.host
        return origin.port == 443 ? host : "\(host):\(origin.port)"
    }

    /// - Throws: an error of NIOSSL where the files or the identity can't be read.
    static func tlsContext(_ settings: HTTP2TransportSettings, identity: TLSIdentity?) throws -> NIOSSLContext {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        tls.applicationProtocols = ["h2", "http/1.1"]
        // How long a far side may take to say goodbye; nobody waits for anything else then.
        tls.shutdownTimeout = .seconds(1)
        tls.additionalTrustRoots = settings.trustRootsPEM.map { .file($0) }
        if let identity {
            tls.certificateChain = try NIOSSLCertificate.fromPEMBytes(Array(identity.certificateChainPEM.utf8)).map { .certificate($0) }
            tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: Array(identity.privateKeyPEM.utf8), format: .pem))
        }
        return try NIOSSLContext(configuration: tls)
    }
}
