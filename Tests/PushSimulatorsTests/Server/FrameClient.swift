import NIOCore
import NIOHPACK
import NIOHTTP2
import NIOPosix
import NIOSSL

/// A bare HTTP/2 client on frames.
final class FrameClient: Sendable {
    private let channel: any Channel
    private let frames: AsyncStream<HTTP2Frame>

    private init(channel: any Channel, frames: AsyncStream<HTTP2Frame>) {
        self.channel = channel
        self.frames = frames
    }

    static func connect(to origin: String, trusting authority: String) async throws -> FrameClient {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(authority))
        configuration.applicationProtocols = ["h2"]
        let (tls, port) = (try NIOSSLContext(configuration: configuration), Int(origin.split(separator: ":").last ?? "") ?? 0)
        let (frames, arrivals) = AsyncStream.makeStream(of: HTTP2Frame.self)
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let ssl = try NIOSSLClientHandler(context: tls, serverHostname: "localhost")
                    try channel.pipeline.syncOperations.addHandlers(ssl, NIOHTTP2Handler(mode: .client), Arrivals(arrivals))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        return FrameClient(channel: channel, frames: frames)
    }

    func post(_ path: String, _ headers: [(String, String)], _ body: [UInt8], on stream: Int) async throws {
        let pseudo = [(":method", "POST"), (":scheme", "https"), (":authority", "localhost"), (":path", path)]
        let head = HTTP2Frame(streamID: .init(stream), payload: .headers(.init(headers: HPACKHeaders(pseudo + headers))))
        let data = HTTP2Frame(
            streamID: .init(stream), payload: .data(.init(data: .byteBuffer(ByteBuffer(bytes: body)), endStream: true)))
        channel.write(head, promise: nil)
        try await channel.writeAndFlush(data).get()
    }

    /// The first frame for which `read` gives something; nil when the connection ends before it.
    func first<Value>(_ read: (HTTP2Frame) -> Value?) async -> Value? {
        for await frame in frames { if let value = read(frame) { return value } }
        return nil
    }

    func close() async { try? await channel.close().get() }

    private final class Arrivals: ChannelInboundHandler {
        typealias InboundIn = HTTP2Frame
        private let arrivals: AsyncStream<HTTP2Frame>.Continuation

        init(_ arrivals: AsyncStream<HTTP2Frame>.Continuation) { self.arrivals = arrivals }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) { arrivals.yield(unwrapInboundIn(data)) }
        func channelInactive(context: ChannelHandlerContext) { arrivals.finish() }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
