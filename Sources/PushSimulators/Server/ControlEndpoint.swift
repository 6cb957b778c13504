import NIOCore
import NIOHTTP1
import NIOPosix

/// Plain HTTP on loopback: sets the faults, and shows what was received.
struct ControlEndpoint {
    let record: SimulatorRecord

    /// - Parameter port: 0 takes a free one.
    func bind(port: Int, on group: any EventLoopGroup) async throws -> any Channel {
        let rules = ControlRules(record: record)
        return try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                    try channel.pipeline.syncOperations.addHandler(Connection(rules: rules))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
    }

    private final class Connection: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let rules: ControlRules
        private var request = SimulatorRequest(path: "/")

        init(rules: ControlRules) { self.rules = rules }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): request = SimulatorRequest(head)
            case .body(let buffer): request.body.append(contentsOf: buffer.readableBytesView)
            case .end: send(rules.answer(request), context)
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

        private func send(_ reply: SimulatorReply, _ context: ChannelHandlerContext) {
            var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: reply.status))
            for (name, value) in reply.headers { head.headers.add(name: name, value: value) }
            head.headers.add(name: "content-length", value: String(reply.body.count))
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(context.channel.allocator.buffer(bytes: reply.body)))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
