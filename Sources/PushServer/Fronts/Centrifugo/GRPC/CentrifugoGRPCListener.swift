import GRPCCore
import GRPCNIOTransportHTTP2Posix
import NIOCore
import ServiceLifecycle

/// Takes gRPC's connections, HTTP/2 without TLS, until the server stops.
struct CentrifugoGRPCListener: Service {
    private let server: GRPCServer<HTTP2ServerTransport.Posix>
    private let address: ListenAddress
    private let leavingSeconds: Int
    private let onRunning: @Sendable () -> Void

    /// - Parameters:
    ///   - address: where; its host may be a name.
    ///   - leavingSeconds: how long calls that are in the air when the server stops may take.
    ///   - onRunning: called once connections are accepted.
    /// - Throws: when the host has no address.
    init(
        _ address: ListenAddress, _ settings: CentrifugoGRPCSettings, _ dispatcher: CentrifugoDispatcher, leavingSeconds: Int,
        onRunning: @escaping @Sendable () -> Void
    ) throws {
        let service = CentrifugoGRPCService(
            key: CentrifugoKey(settings.key.map { "apikey \($0)" }), usesTransportErrors: settings.usesTransportErrors,
            dispatcher: dispatcher)
        server = GRPCServer(
            transport: .init(address: try Self.resolved(address), transportSecurity: .plaintext, config: Self.limits),
            services: [service])
        self.address = address
        self.leavingSeconds = leavingSeconds
        self.onRunning = onRunning
    }

    private static func resolved(_ address: ListenAddress) throws -> GRPCNIOTransportCore.SocketAddress {
        let found = try NIOCore.SocketAddress.makeAddressResolvingHost(address.host, port: address.port)
        let host = found.ipAddress ?? address.host
        return host.contains(":") ? .ipv6(host: host, port: address.port) : .ipv4(host: host, port: address.port)
    }

    private static let callsPerConnection = 100

    /// Nobody holds a connection without using it, or by not reading: idle ones end, silent ones are pinged, and all have an end.
    private static var limits: HTTP2ServerTransport.Posix.Config {
        .defaults {
            // Beyond this a call is cut off without a word.
            $0.rpc.maxRequestPayloadSize = 2 * CentrifugoGRPCService.messageBytes
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
            group.addTask { try await serve() }
            group.addTask {
                if (try? await server.listeningAddress) != nil { onRunning() }
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

    private func serve() async throws {
        do {
            try await server.serve()
        } catch let error as RuntimeError {
            throw SettingsError(key: "centrifugo.grpc", message: "\(address) takes no calls: \(error.cause ?? error)")
        }
    }
}
