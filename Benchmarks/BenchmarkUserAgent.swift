import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket

/// A user agent that costs as little as possible: it registers, acknowledges, and decrypts nothing.
struct BenchmarkUserAgent: Sendable {
    let uaid: String
    private let channel: any Channel
    private let endpoints: AsyncStream<String>

    /// - Parameters:
    ///   - uaid: of one that comes back; a new one without.
    ///   - received: is given the frame of each message.
    static func connect(
        port: Int, as uaid: String? = nil, received: @escaping @Sendable (ByteBuffer) -> Void
    ) async throws -> BenchmarkUserAgent {
        let (answers, found) = AsyncStream.makeStream(of: String.self)
        let channel = try await upgradedChannel(port: port) { AgentHandler(received: received, answers: found) }
        let known = uaid.map { #","uaid":"\#($0)""# } ?? ""
        try await channel.writeAndFlush(AgentHandler.frame(#"{"messageType":"hello","use_webpush":true\#(known)}"#))
        var iterator = answers.makeAsyncIterator()
        guard let given = await iterator.next() else { throw BenchmarkError("the push service hung up instead of a hello") }
        if let uaid, uaid != given { throw BenchmarkError("a user agent was renamed") }
        return BenchmarkUserAgent(uaid: given, channel: channel, endpoints: answers)
    }

    private static func upgradedChannel(port: Int, _ handler: @escaping @Sendable () -> AgentHandler) async throws -> any Channel {
        let upgrader = NIOTypedWebSocketClientUpgrader<any Channel>(maxFrameSize: 1 << 20) { channel, _ in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(handler())
                return channel
            }
        }
        let upgraded: EventLoopFuture<any Channel> = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let upgrade = NIOTypedHTTPClientUpgradeConfiguration<any Channel>(
                        upgradeRequestHead: .init(version: .http1_1, method: .GET, uri: "/", headers: ["Host": "localhost:\(port)"]),
                        upgraders: [upgrader],
                        notUpgradingCompletionHandler: { $0.eventLoop.makeFailedFuture(BenchmarkError("no WebSocket there")) })
                    var pipeline = NIOUpgradableHTTPClientPipelineConfiguration(upgradeConfiguration: upgrade)
                    pipeline.leftOverBytesStrategy = .forwardBytes
                    return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(configuration: pipeline)
                }
            }
        return try await upgraded.get()
    }

    /// - Returns: the endpoints of as many new channels.
    func register(_ count: Int) async throws -> [String] {
        var found: [String] = []
        while found.count < count {
            // A push service bounds how many registrations may wait.
            let batch = min(50, count - found.count)
            for _ in 0..<batch { askForEndpoint() }
            for _ in 0..<batch { found.append(try await endpoint()) }
        }
        return found
    }

    /// Registers a new channel; ``endpoint()`` is the answer.
    func askForEndpoint() {
        let frame = AgentHandler.frame(#"{"messageType":"register","channelID":"\#(UUID().uuidString.lowercased())"}"#)
        channel.writeAndFlush(frame, promise: nil)
    }

    func endpoint() async throws -> String {
        var answers = endpoints.makeAsyncIterator()
        guard let endpoint = await answers.next() else { throw BenchmarkError("the push service hung up") }
        return endpoint
    }

    func close() { channel.close(promise: nil) }
}

/// Reads just so much of a frame as it must.
private final class AgentHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private let received: @Sendable (ByteBuffer) -> Void
    private let answers: AsyncStream<String>.Continuation

    init(received: @escaping @Sendable (ByteBuffer) -> Void, answers: AsyncStream<String>.Continuation) {
        self.received = received
        self.answers = answers
    }

    static func frame(_ text: String) -> WebSocketFrame {
        WebSocketFrame(fin: true, opcode: .text, maskKey: [1, 2, 3, 4], data: ByteBuffer(string: text))
    }

    func channelInactive(context: ChannelHandlerContext) { answers.finish() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        guard frame.opcode == .text else { return }
        let text = frame.unmaskedData
        if let version = text.member("version"), let channel = text.member("channelID") {
            let ack = #"{"messageType":"ack","updates":[{"channelID":"\#(channel)","version":"\#(version)","code":100}]}"#
            context.writeAndFlush(wrapOutboundOut(Self.frame(ack)), promise: nil)
            received(text)
        } else if let answer = text.member("pushEndpoint") ?? text.member("uaid") {
            answers.yield(answer)
        }
    }
}

extension ByteBuffer {
    /// A member of a JSON object. Cheaper than reading it all: our own server's members have no escapes.
    func member(_ name: StaticString) -> String? {
        withUnsafeReadableBytes { bytes in
            let pattern = Array("\"\(name)\":\"".utf8)
            guard let found = (0..<max(0, bytes.count - pattern.count)).first(where: { bytes[$0...].starts(with: pattern) }) else { return nil }
            let start = found + pattern.count
            guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "\"")) else { return nil }
            return String(decoding: bytes[start..<end], as: UTF8.self)
        }
    }
}
