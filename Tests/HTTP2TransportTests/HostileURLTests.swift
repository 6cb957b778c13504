import AddressRule
import AsyncHTTPClient
import HTTPTransport
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import HTTP2Transport
@testable import HTTPClientTransport

/// Both transports, and a socket on this machine that must never see a connection.
@Suite(.timeLimit(.minutes(1))) struct HostileURLTests {
    static let hosts = [
        "localhost", "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "017700000001", "0177.0.0.1", "0", "0.0.0.0",
        "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1%25lo]",
        "push.example.com@localhost", "localhost@localhost", "localhost.", "127.0.0.1.", "LOCALHOST", "%6cocalhost", "ⓛocalhost", "１27.0.0.1",
        "localhost#", "push.example.com\\@localhost", "rebinding.example",
    ]

    @Test(arguments: hosts) func nothingIsSent(_ host: String) async throws {
        try await withTrap { trap in
            for scheme in ["https", "http"] {
                for transport in trap.transports() {
                    let request = TransportRequest(url: "\(scheme)://\(host):\(trap.port)/", headers: [], body: [1])
                    let error = await #expect(throws: TransportError.self) {
                        _ = try await transport.send(request, within: .seconds(5))
                    }
                    #expect([.forbiddenAddress, .invalidURL].contains(error?.code), "\(error?.message ?? "")")
                }
            }
        }
    }

    @Test func aNameThatWasPublicWhenItWasRegisteredIsRefusedWhenItIsNot() async throws {
        try await withTrap { trap in
            let resolver = ScriptedResolver([["8.8.8.8"], ["8.8.8.8"], ["127.0.0.1"]])
            try await CheckedResolver(trap.rule, over: resolver).check(host: "rebinding.example", port: trap.port)
            for transport in trap.transports(resolver) {
                let request = TransportRequest(url: "https://rebinding.example:\(trap.port)/", headers: [], body: [])
                let error = await #expect(throws: TransportError.self) { _ = try await transport.send(request, within: .seconds(5)) }
                #expect(error?.code == .forbiddenAddress)
            }
        }
    }

    /// The other client looks names up once more; the address that it really has is looked at before it may say anything.
    @Test func aNameThatChangesBetweenCheckAndConnectGetsNoRequest() async throws {
        try await Fixture.run(protocols: ["http/1.1"]) { _ in } script: { _, event in
            if case .frame = event { Issue.record("nothing may be sent") }
        } _: { fixture in
            let rule = AllowedAddresses.publicOnly(ownPort: nil)
            let client = HTTPClient(
                eventLoopGroupProvider: .singleton,
                configuration: AsyncHTTPTransport.configuration(addressRule: rule, trustRootsPEM: [try Fixture.trustFile()]))
            let transport = AsyncHTTPTransport(client: client, addressRule: rule) { ScriptedResolver([["8.8.8.8"]]) }
            let result = await fixture.sendOne(fixture.request(), over: transport)
            #expect(result.code == .forbiddenAddress)
            try await client.shutdown()
        }
    }

    @Test func redirectsAreNotFollowed() async throws {
        try await withTrap { trap in
            let location = Array("https://localhost:\(trap.port)/".utf8)
            try await Fixture.run { peer, event in
                if case .connected = event { peer.greet() }
                guard case .request(let request) = event else { return }
                // `:status: 307` and `location`, as literals.
                let block = [0x08, 3] + Array("307".utf8) + [0x0F, 0x1F, UInt8(location.count)] + location
                peer.send { $0.writeHeaders(request.stream, block, flags: [.endHeaders, .endStream]) }
            } _: { fixture in
                let reply = try await fixture.transport.send(fixture.request(), within: .seconds(5))
                #expect(reply.status == 307)
                #expect(reply.header("location") != nil)
            }
        }
    }

    private func withTrap(_ work: (Trap) async throws -> Void) async throws {
        let accepted = Mutex(0)
        let (connections, connection) = AsyncStream.makeStream(of: Void.self)
        let socket = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                accepted.withLock { $0 += 1 }
                connection.yield()
                return channel.eventLoop.makeSucceededVoidFuture()
            }.bind(host: "127.0.0.1", port: 0).get()
        let trap = Trap(port: socket.localAddress?.port ?? 0)
        do { try await work(trap) } catch { Issue.record(error) }
        await trap.stop()
        // Connections are accepted in order: when ours is there, any other is counted.
        let own = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup).connect(host: "127.0.0.1", port: trap.port).get()
        for await _ in connections { break }
        #expect(accepted.withLock { $0 } == 1, "the one that this test made")
        try await own.close()
        try await socket.close()
    }
}

/// Transports that must not reach the port.
private final class Trap: Sendable {
    let port: Int
    let rule = AllowedAddresses.publicOnly(ownPort: nil)
    private let client: HTTPClient
    private let made = Mutex<[NIOHTTP2Transport]>([])

    init(port: Int) {
        self.port = port
        client = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: AsyncHTTPTransport.configuration(addressRule: .publicOnly(ownPort: nil)))
    }

    func transports(_ resolver: ScriptedResolver = ScriptedResolver([["127.0.0.1"]])) -> [any Transport] {
        let http1 = AsyncHTTPTransport(client: client, addressRule: rule) { resolver }
        let http2 = NIOHTTP2Transport(
            settings: HTTP2TransportSettings(), addressRule: rule, fallback: http1,
            eventLoopGroup: .singletonMultiThreadedEventLoopGroup) { _ in resolver }
        made.withLock { $0.append(http2) }
        return [http1, http2]
    }

    func stop() async {
        for transport in made.withLock({ $0 }) { await transport.shutdown() }
        try? await client.shutdown()
    }
}

/// Gives one answer after the other, and the last for ever.
private final class ScriptedResolver: Resolver, Sendable {
    private let answers: Mutex<[[String]]>
    private let loop = MultiThreadedEventLoopGroup.singleton.next()

    init(_ answers: [[String]]) { self.answers = Mutex(answers) }

    func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> { answer(port) }
    func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> { answer(port) }
    func cancelQueries() {}

    private func answer(_ port: Int) -> EventLoopFuture<[SocketAddress]> {
        let addresses = answers.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
        return loop.makeCompletedFuture { try addresses.map { try SocketAddress(ipAddress: $0, port: port) } }
    }
}
