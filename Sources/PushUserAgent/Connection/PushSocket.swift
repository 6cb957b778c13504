import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket

/// Opens WebSockets to a push service.
struct PushSocket {
    typealias Connection = NIOAsyncChannel<SocketEvent, SocketFrame>

    let address: PushServiceAddress
    let settings: UserAgentSettings

    /// - Returns: an open WebSocket.
    /// - Throws: ``UserAgentError``: `connectionLost` when nobody is there, `refused` when it is no WebSocket server.
    func open() async throws(UserAgentError) -> Connection {
        let outcome: Upgrade
        do {
            outcome = try await connect()
        } catch {
            throw UserAgentError(.connectionLost, "Cannot connect to \(address.hostHeader): \(error)", cause: error)
        }
        switch outcome {
        case .webSocket(let connection): return connection
        case .plainHTTP(let answer):
            throw UserAgentError(.refused, "\(address.hostHeader) opens no WebSocket at \(address.path): \(await status(of: answer))")
        }
    }

    private enum Upgrade: Sendable {
        case webSocket(Connection)
        case plainHTTP(NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>)
    }

    private func connect() async throws -> Upgrade {
        let tls = try address.isSecure ? tlsContext() : nil
        let upgraded: EventLoopFuture<Upgrade> = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connectTimeout(timeout)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .connect(host: address.host, port: address.port) { channel in
                channel.eventLoop.makeCompletedFuture { try configure(channel, tls) }.flatMap { $0 }
            }
        return try await upgraded.get()
    }

    private func configure(_ channel: any Channel, _ tls: NIOSSLContext?) throws -> EventLoopFuture<EventLoopFuture<Upgrade>> {
        if let tls { try channel.pipeline.syncOperations.addHandler(tlsHandler(tls)) }
        var pipeline = NIOUpgradableHTTPClientPipelineConfiguration(
            upgradeConfiguration: .init(
                upgradeRequestHead: requestHead, upgraders: [upgrader],
                notUpgradingCompletionHandler: { channel in
                    channel.eventLoop.makeCompletedFuture {
                        .plainHTTP(try NIOAsyncChannel(wrappingChannelSynchronously: channel))
                    }
                }))
        // A server may speak at once: its first frame must survive the change of protocol.
        pipeline.leftOverBytesStrategy = .forwardBytes
        let upgraded = channel.pipeline.configureUpgradableHTTPClientPipeline(configuration: pipeline)
        return upgraded.map { giveUp($0, on: channel) }
    }

    private var upgrader: NIOTypedWebSocketClientUpgrader<Upgrade> {
        NIOTypedWebSocketClientUpgrader(maxFrameSize: settings.maximumFrameBytes) { channel, _ in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandlers(
                    NIOWebSocketFrameAggregator(
                        minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 1024,
                        maxAccumulatedFrameSize: settings.maximumFrameBytes),
                    TextFrameHandler())
                return .webSocket(try NIOAsyncChannel(wrappingChannelSynchronously: channel))
            }
        }
    }

    private var requestHead: HTTPRequestHead {
        HTTPRequestHead(
            version: .http1_1, method: .GET, uri: address.path,
            headers: ["Host": address.hostHeader, "Sec-WebSocket-Protocol": "push-notification"])
    }

    /// A server that takes the connection and then says nothing must not hold us for ever.
    private func giveUp(_ upgrade: EventLoopFuture<Upgrade>, on channel: any Channel) -> EventLoopFuture<Upgrade> {
        let timer = channel.eventLoop.scheduleTask(in: timeout) { channel.close(promise: nil) }
        upgrade.whenComplete { _ in timer.cancel() }
        return upgrade
    }

    private var timeout: TimeAmount { .milliseconds(Int64(settings.requestTimeoutSeconds * 1000)) }

    private func status(of answer: NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>) async -> String {
        let head = try? await answer.executeThenClose { inbound, _ in
            try await inbound.first { if case .head = $0 { true } else { false } }
        }
        guard case .head(let head) = head else { return "no answer" }
        return "it answers \(head.status.code) \(head.status.reasonPhrase)"
    }
}

// MARK: - TLS

extension PushSocket {
    private func tlsContext() throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if let file = settings.trustedCertificatesFile { configuration.trustRoots = .file(file) }
        return try NIOSSLContext(configuration: configuration)
    }

    private func tlsHandler(_ tls: NIOSSLContext) throws -> NIOSSLClientHandler {
        // An IP address can be checked against the certificate, but not sent as a server name (RFC 6066 §3).
        let isAddress = (try? SocketAddress(ipAddress: address.host, port: address.port)) != nil
        return try NIOSSLClientHandler(context: tls, serverHostname: isAddress ? nil : address.host)
    }
}
