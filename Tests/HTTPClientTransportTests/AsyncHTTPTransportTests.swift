import AddressRule
import AsyncHTTPClient
import HTTPTransport
import NIOCore
import NIOHTTP1
import NIOPosix
import Testing

@testable import HTTPClientTransport

/// The transport on real sockets, against a server that answers by path.
@Suite struct AsyncHTTPTransportTests {
    @Test func aRequestArrivesAsItWasWritten() async throws {
        try await withServer { transport, port in
            let reply = try await transport.send(request("http://127.0.0.1:\(port)/echo?t=a%2bb%2f"), within: .seconds(5))
            #expect(reply.status == 201)
            #expect(reply.header("x-uri") == "/echo?t=a%2bb%2f", "percent escapes are not touched")
            #expect(reply.header("x-ttl") == "7")
            #expect(reply.body == Array("body".utf8))
        }
    }

    @Test func redirectsAreNotFollowed() async throws {
        try await withServer { transport, port in
            let reply = try await transport.send(request("http://127.0.0.1:\(port)/redirect"), within: .seconds(5))
            #expect(reply.status == 307)
        }
    }

    @Test func anAnswerThatNeverComesTimesOut() async throws {
        try await withServer { transport, port in
            let error = await #expect(throws: TransportError.self) {
                _ = try await transport.send(request("http://127.0.0.1:\(port)/silence"), within: .milliseconds(200))
            }
            #expect(error?.code == .timedOut)
        }
    }

    @Test func aHugeReplyIsCutOff() async throws {
        try await withServer { transport, port in
            var huge = request("http://127.0.0.1:\(port)/huge")
            huge.replyLimitBytes = 1000
            let reply = try await transport.send(huge, within: .seconds(5))
            #expect(reply.body.count == 1000)
        }
    }

    @Test func nobodyThereIsUnreachableAtOnce() async throws {
        try await withServer { transport, _ in
            let error = await #expect(throws: TransportError.self) {
                _ = try await transport.send(request("http://127.0.0.1:9/"), within: .seconds(30))
            }
            #expect(error?.code == .unreachable, "\(error?.message ?? "")")
        }
    }

    @Test func aPrivateAddressGetsNoRequest() async throws {
        try await withServer(rule: .publicOnly(ownPort: nil)) { transport, port in
            let error = await #expect(throws: TransportError.self) {
                _ = try await transport.send(request("http://localhost:\(port)/echo"), within: .seconds(5))
            }
            #expect(error?.code == .forbiddenAddress, "\(error?.message ?? "")")
        }
    }

    private func request(_ url: String) -> TransportRequest {
        TransportRequest(url: url, headers: [("ttl", "7")], body: Array("body".utf8))
    }

    private func withServer(
        rule: AllowedAddresses = .any, _ work: (AsyncHTTPTransport, Int) async throws -> Void
    ) async throws {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Answers())
                }
            }.bind(host: "localhost", port: 0).get()
        let client = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: AsyncHTTPTransport.configuration(addressRule: rule))
        do {
            try await work(AsyncHTTPTransport(client: client, addressRule: rule), server.localAddress?.port ?? 0)
        } catch {
            try await client.shutdown()
            throw error
        }
        try await client.shutdown()
        try await server.close()
    }
}

private final class Answers: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private var head: HTTPRequestHead?
    private var body = ByteBuffer()

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body(var part): body.writeBuffer(&part)
        case .end: answer(context)
        }
    }

    private func answer(_ context: ChannelHandlerContext) {
        guard let head, !head.uri.hasPrefix("/silence") else { return }
        var headers: HTTPHeaders = ["x-uri": head.uri, "x-ttl": head.headers["ttl"].first ?? ""]
        var status = HTTPResponseStatus.created
        if head.uri.hasPrefix("/redirect") {
            status = .temporaryRedirect
            headers.add(name: "location", value: "/echo")
        }
        let content = head.uri.hasPrefix("/huge") ? ByteBuffer(repeating: 0x78, count: 5_000_000) : body
        headers.add(name: "content-length", value: "\(content.readableBytes)")
        context.write(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(content))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
