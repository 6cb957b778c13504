import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket
import Synchronization

/// Counts messages, and tells when there are enough.
final class Tally: Sendable {
    private let state = Mutex<(count: Int, wanted: Int, waiter: CheckedContinuation<Void, Never>?)>((0, .max, nil))

    func add() {
        let waiter = state.withLock { state in
            state.count += 1
            guard state.count >= state.wanted else { return nil as CheckedContinuation<Void, Never>? }
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    func wait(for count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                state.wanted = count
                if state.count < count { state.waiter = continuation }
                return state.count >= count
            }
            if isThere { continuation.resume() }
        }
    }
}

/// A user agent that costs as little as possible: it registers, counts and acknowledges, and decrypts nothing.
struct BenchmarkUserAgent: Sendable {
    private let channel: any Channel
    private let endpoints: AsyncStream<String>

    static func connect(port: Int, received: Tally) async throws -> BenchmarkUserAgent {
        let (endpoints, found) = AsyncStream.makeStream(of: String.self)
        let upgrader = NIOTypedWebSocketClientUpgrader<any Channel>(maxFrameSize: 1 << 20) { channel, _ in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(FrameHandler(received: received, endpoints: found))
                return channel
            }
        }
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "localhost", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let upgrade = NIOTypedHTTPClientUpgradeConfiguration<any Channel>(
                        upgradeRequestHead: .init(
                            version: .http1_1, method: .GET, uri: "/", headers: ["Host": "localhost:\(port)"]),
                        upgraders: [upgrader],
                        notUpgradingCompletionHandler: {
                            $0.eventLoop.makeFailedFuture(BenchmarkError("no WebSocket there"))
                        })
                    var pipeline = NIOUpgradableHTTPClientPipelineConfiguration(upgradeConfiguration: upgrade)
                    pipeline.leftOverBytesStrategy = .forwardBytes
                    return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(
                        configuration: pipeline)
                }
            }.get()
        let agent = BenchmarkUserAgent(channel: channel, endpoints: endpoints)
        try await agent.send(#"{"messageType":"hello","use_webpush":true}"#)
        return agent
    }

    /// - Returns: the endpoints of as many new channels.
    func register(_ count: Int) async throws -> [String] {
        var found: [String] = []
        var answers = endpoints.makeAsyncIterator()
        while found.count < count {
            // A push service bounds how many registrations may wait.
            let batch = min(50, count - found.count)
            for _ in 0..<batch {
                try await send(#"{"messageType":"register","channelID":"\#(UUID().uuidString.lowercased())"}"#)
            }
            for _ in 0..<batch {
                guard let endpoint = await answers.next() else { throw BenchmarkError("the push service hung up") }
                found.append(endpoint)
            }
        }
        return found
    }

    func close() { channel.close(promise: nil) }

    private func send(_ text: String) async throws {
        try await channel.writeAndFlush(
            WebSocketFrame(fin: true, opcode: .text, maskKey: .random(), data: ByteBuffer(string: text)))
    }
}

private final class FrameHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private let received: Tally
    private let endpoints: AsyncStream<String>.Continuation

    init(received: Tally, endpoints: AsyncStream<String>.Continuation) {
        self.received = received
        self.endpoints = endpoints
    }

    func channelInactive(context: ChannelHandlerContext) { endpoints.finish() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let text = String(buffer: unwrapInboundIn(data).unmaskedData)
        if let endpoint = member("pushEndpoint", of: text) {
            endpoints.yield(endpoint)
        } else if let version = member("version", of: text), let channel = member("channelID", of: text) {
            let ack = #"{"messageType":"ack","updates":[{"channelID":"\#(channel)","version":"\#(version)","code":100}]}"#
            let frame = WebSocketFrame(fin: true, opcode: .text, maskKey: .random(), data: ByteBuffer(string: ack))
            context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
            received.add()
        }
    }

    /// Cheaper than reading the JSON: our own server's members have no escapes.
    private func member(_ name: String, of text: String) -> String? {
        guard let start = text.range(of: "\"\(name)\":\"") else { return nil }
        return text[start.upperBound...].split(separator: "\"", maxSplits: 1).first.map(String.init)
    }
}
