import GRPCCore
import GRPCNIOTransportHTTP2Posix
import Logging
import NIOCore
import ServiceLifecycle

/// Takes gRPC's connections, HTTP/2 without TLS, until the server stops.
struct CentrifugoGRPCListener: Service {
    private let server: GRPCServer<HTTP2ServerTransport.Posix>
    private let address: ListenAddress
    private let leavingSeconds: Int
    private let logger: Logger

    /// - Parameters:
    ///   - leavingSeconds: how long calls that are in the air when the server stops may take.
    ///   - logger: is told where it listens.
    /// - Returns: nil unless the settings have a port.
    /// - Throws: when the host has no address.
    init?(_ settings: CentrifugoGRPCSettings, _ dispatcher: CentrifugoDispatcher, leavingSeconds: Int, logger: Logger) throws {
        guard let address = settings.address else { return nil }
        let service = CentrifugoGRPCService(
            key: CentrifugoKey(settings.key.map { "apikey \($0)" }), usesTransportErrors: settings.usesTransportErrors,
            dispatcher: dispatcher)
        server = GRPCServer(
            transport: .init(address: try Self.resolved(address), transportSecurity: .plaintext, config: Self.limits),
            services: [service])
        self.address = address
        self.leavingSeconds = leavingSeconds
        self.logger = logger
    }

    private static func resolved(_ address: ListenAddress) throws -> GRPCNIOTransportCore.SocketAddress {
        let found = try NIOCore.SocketAddress.makeAddressResolvingHost(address.host, port: address.port)
        let host = found.ipAddress ?? address.host
        return host.contains(":") ? .ipv6(host: host, port: address.port) : .ipv4(host: host, port: address.port)
    }

    private static let messageBytes = 4 << 20
    private static let callsPerConnection = 100

    /// Nobody holds a connection without using it, or by not reading: idle ones end, silent ones are pinged, and all have an end.
    private static var limits: HTTP2ServerTransport.Posix.Config {
        .defaults {
            $0.rpc.maxRequestPayloadSize = messageBytes
            $0.http2.maxConcurrentStreams = callsPerConnection
            $0.connection.maxIdleTime = .seconds(300)
            $0.connection.maxAge = .seconds(3_600)
            $0.connection.maxGraceTime = .seconds(30)
            $0.connection.keepalive = .init(
                time: .seconds(60), timeout: .seconds(20),
                clientBehavior: .init(minPingIntervalWithoutCalls: .seconds(10), allowWithoutCalls: true))
        }
    }

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.serve() }
            group.addTask {
                if (try? await server.listeningAddress) != nil {
                    logger.info("Centrifugo's gRPC API takes calls", metadata: ["address": "\(address)"])
                }
                try await gracefulShutdown()
                server.beginGracefulShutdown()
                try await Task.sleep(for: .seconds(leavingSeconds))
            }
            // Either all calls have ended or their time is over.
            try await group.next()
            group.cancelAll()
            while await group.nextResult() != nil {}
        }
    }
}
