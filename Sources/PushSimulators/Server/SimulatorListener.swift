import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOPosix
import NIOSSL
import NIOTLS
import SwiftASN1
import X509

/// A listening TLS port of one provider: HTTP/2 and, where the real one has it, HTTP/1.1, as ALPN decides.
struct SimulatorListener {
    private static let ceiling = 1_000_000

    let desk: RequestDesk
    let tls: NIOSSLContext
    let speaksHTTP1: Bool

    /// - Parameter port: 0 takes a free one.
    func bind(port: Int, on group: any EventLoopGroup) async throws -> any Channel {
        let (desk, tls, speaksHTTP1) = (desk, tls, speaksHTTP1)
        return try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.maxMessagesPerRead, value: 16)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let negotiation = ApplicationProtocolNegotiationHandler { result, channel in
                        channel.eventLoop.makeCompletedFuture {
                            try Self.configure(channel, for: result, desk: desk, speaksHTTP1: speaksHTTP1)
                        }
                    }
                    try channel.pipeline.syncOperations.addHandlers(NIOSSLServerHandler(context: tls), negotiation)
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
    }

    private static func configure(_ channel: any Channel, for result: ALPNResult, desk: RequestDesk, speaksHTTP1: Bool) throws {
        let memory = ConnectionMemory(certificate: try certificate(of: channel), streamLimit: desk.firstStreamLimit)
        let pipeline = channel.pipeline.syncOperations
        if result == .negotiated("h2") {
            let http2 = NIOHTTP2Handler(
                mode: .server, connectionConfiguration: connection(desk.firstStreamLimit), streamConfiguration: unlimitedStreams)
            try pipeline.addHandlers(http2, HTTP2Connection(desk: desk, memory: memory))
        } else if speaksHTTP1 {
            try pipeline.configureHTTPServerPipeline(withErrorHandling: true)
            try pipeline.addHandler(HTTP1Connection(desk: desk, memory: memory))
        } else {
            channel.close(promise: nil)
        }
    }

    private static func certificate(of channel: any Channel) throws -> ClientCertificate? {
        guard let certificate = try channel.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self).peerCertificate else {
            return nil
        }
        return try ClientCertificate(Certificate(derEncoded: certificate.toDERBytes()))
    }

    private static func connection(_ streamLimit: Int) -> NIOHTTP2Handler.ConnectionConfiguration {
        var configuration = NIOHTTP2Handler.ConnectionConfiguration()
        configuration.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: streamLimit),
            HTTP2Setting(parameter: .maxHeaderListSize, value: 65_536),
        ]
        configuration.maximumConnectionGlitches = ceiling
        configuration.maximumSequentialEmptyDataFrames = 16
        configuration.controlFrameRateLimit.maximumCount = ceiling
        return configuration
    }

    /// Whoever tests with resets means them.
    private static var unlimitedStreams: NIOHTTP2Handler.StreamConfiguration {
        var configuration = NIOHTTP2Handler.StreamConfiguration()
        configuration.streamResetFrameRateLimit.maximumCount = ceiling
        configuration.streamErrorRateLimit.maximumCount = ceiling
        return configuration
    }
}
