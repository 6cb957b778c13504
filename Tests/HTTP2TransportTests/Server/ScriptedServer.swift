import HTTPTransport
import NIOCore
import NIOHPACK
import NIOPosix
import NIOSSL
import Synchronization

@testable import HTTP2Transport

/// An HTTP/2 server on raw frames over TLS that does what its script says, right or wrong.
final class ScriptedServer: Sendable {
    enum Event {
        /// TLS is done. A script that sends no SETTINGS here leaves the client waiting.
        case connected
        /// A request is complete.
        case request(Request)
        /// Every frame, also those of requests, before what it means.
        case frame(Frame)
    }

    struct Request {
        let stream: UInt32
        let headers: HPACKHeaders
        let body: [UInt8]

        var path: String { headers.first(name: ":path") ?? "" }
    }

    typealias Script = @Sendable (_ peer: Peer, _ event: Event) -> Void

    let port: Int
    private let channel: any Channel
    private let counters: Counters

    /// What all connections together have seen.
    final class Counters: Sendable {
        let connections = Atomic(0)
        let open = Atomic(0)
        let greatestOpenStreams = Atomic(0)
    }

    var connections: Int { counters.connections.load(ordering: .sequentiallyConsistent) }
    var openConnections: Int { counters.open.load(ordering: .sequentiallyConsistent) }
    /// On one connection.
    var greatestOpenStreams: Int { counters.greatestOpenStreams.load(ordering: .sequentiallyConsistent) }

    static func start(
        protocols: [String] = ["h2"], asksForCertificate: Bool = false, script: @escaping Script
    ) async throws -> ScriptedServer {
        let tls = try context(protocols, asksForCertificate)
        let counters = Counters()
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let number = counters.connections.add(1, ordering: .sequentiallyConsistent).oldValue
                    try channel.pipeline.syncOperations.addHandlers([
                        NIOSSLServerHandler(context: tls), Peer(number: number, counters: counters, script: script),
                    ])
                }
            }.bind(host: "127.0.0.1", port: 0).get()
        return ScriptedServer(channel, counters)
    }

    private init(_ channel: any Channel, _ counters: Counters) {
        self.channel = channel
        self.counters = counters
        port = channel.localAddress?.port ?? 0
    }

    func stop() async { try? await channel.close() }

    private static func context(_ protocols: [String], _ asksForCertificate: Bool) throws -> NIOSSLContext {
        let certificates = try NIOSSLCertificate.fromPEMBytes(Array(TestCertificate.certificatePEM.utf8))
        let key = try NIOSSLPrivateKey(bytes: Array(TestCertificate.keyPEM.utf8), format: .pem)
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(key))
        tls.applicationProtocols = protocols
        if asksForCertificate {
            tls.certificateVerification = .noHostnameVerification
            tls.trustRoots = .certificates(certificates)
        }
        return try NIOSSLContext(configuration: tls)
    }
}
