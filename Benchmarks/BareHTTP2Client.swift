import NIOCore
import NIOHPACK
import NIOHTTP2
import NIOPosix
import NIOSSL

/// What SwiftNIO's HTTP/2 does by itself, with nothing around it: a channel per request, no deadlines, no retries, no pool.
struct BareHTTP2Client {
    let port: Int
    let tls: NIOSSLContext
    let loops: any EventLoopGroup

    /// - Returns: when all replies are there.
    func send(_ count: Int, body: [UInt8], headers: HPACKHeaders, connections: Int, streams: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<connections {
                group.addTask { try await run(count / connections, body: body, headers: headers, streams: streams) }
            }
            try await group.waitForAll()
        }
    }

    private func run(_ count: Int, body: [UInt8], headers: HPACKHeaders, streams: Int) async throws {
        let (channel, multiplexer) = try await ClientBootstrap(group: loops.next())
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: tls, serverHostname: nil))
                    let multiplexer = try channel.pipeline.syncOperations.configureHTTP2Pipeline(
                        mode: .client, connectionConfiguration: .init(), streamConfiguration: .init()
                    ) { $0.eventLoop.makeSucceededVoidFuture() }
                    return (channel, multiplexer)
                }
            }
        let done = channel.eventLoop.makePromise(of: Void.self)
        channel.eventLoop.execute {
            let sender = Sender(
                multiplexer: multiplexer, headers: headers, body: channel.allocator.buffer(bytes: body), left: count, done: done)
            for _ in 0..<streams { sender.sendNext() }
        }
        try await done.futureResult.get()
        try await channel.close()
    }
}

/// Keeps as many requests in flight as it was started with. On its event loop only.
private final class Sender {
    private let multiplexer: NIOHTTP2Handler.StreamMultiplexer
    private let headers: HPACKHeaders
    private let body: ByteBuffer
    private var unsent: Int
    private var unanswered: Int
    private let done: EventLoopPromise<Void>

    init(multiplexer: NIOHTTP2Handler.StreamMultiplexer, headers: HPACKHeaders, body: ByteBuffer, left: Int, done: EventLoopPromise<Void>) {
        self.multiplexer = multiplexer
        self.headers = headers
        self.body = body
        unsent = left
        unanswered = left
        self.done = done
    }

    func sendNext() {
        guard unsent > 0 else { return }
        unsent -= 1
        let handler = NIOLoopBound(RequestHandler(headers: headers, body: body, sender: self), eventLoop: done.futureResult.eventLoop)
        multiplexer.createStreamChannel(promise: nil) { channel in
            channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(handler.value) }
        }
    }

    func answered() {
        unanswered -= 1
        if unanswered == 0 { done.succeed() } else { sendNext() }
    }
}

private final class RequestHandler: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias OutboundOut = HTTP2Frame.FramePayload

    private let headers: HPACKHeaders
    private let body: ByteBuffer
    private let sender: Sender

    init(headers: HPACKHeaders, body: ByteBuffer, sender: Sender) {
        self.headers = headers
        self.body = body
        self.sender = sender
    }

    func channelActive(context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.headers(.init(headers: headers))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.data(.init(data: .byteBuffer(body), endStream: true))), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .headers(let headers) where headers.endStream: sender.answered()
        case .data(let data) where data.endStream: sender.answered()
        default: break
        }
    }
}
