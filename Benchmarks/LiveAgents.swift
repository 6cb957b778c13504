import Foundation
import JWS
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket
import Synchronization

/// User agents that register one channel each, take messages and acknowledge them.
final class LiveAgents: Sendable {
    private let agents: [Agent]

    struct Agent: Sendable {
        let channel: any Channel
        let uaid: String
        let endpoints: AsyncStream<String>
    }

    private init(_ agents: [Agent]) { self.agents = agents }

    var uaids: [String] { agents.map(\.uaid) }

    /// - Parameter uaids: of user agents that come back; new ones without.
    static func connect(_ count: Int, port: Int, clock: MessageClock, as uaids: [String] = []) async throws -> LiveAgents {
        try await withThrowingTaskGroup(of: (Int, Agent).self) { group in
            var agents: [Int: Agent] = [:]
            for index in 0..<count {
                if index >= 512, let (done, agent) = try await group.next() { agents[done] = agent }
                group.addTask { (index, try await agent(port, clock, uaids.isEmpty ? nil : uaids[index])) }
            }
            for try await (done, agent) in group { agents[done] = agent }
            return LiveAgents((0..<count).compactMap { agents[$0] })
        }
    }

    private static func agent(_ port: Int, _ clock: MessageClock, _ uaid: String?) async throws -> Agent {
        let (answers, found) = AsyncStream.makeStream(of: String.self)
        let upgrader = NIOTypedWebSocketClientUpgrader<any Channel>(maxFrameSize: 1 << 20) { channel, _ in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(AgentHandler(clock: clock, answers: found))
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
        let channel = try await upgraded.get()
        let known = uaid.map { #","uaid":"\#($0)""# } ?? ""
        try await channel.writeAndFlush(AgentHandler.frame(#"{"messageType":"hello","use_webpush":true\#(known)}"#))
        var iterator = answers.makeAsyncIterator()
        guard let given = await iterator.next() else { throw BenchmarkError("the push service hung up instead of a hello") }
        if let uaid, uaid != given { throw BenchmarkError("a user agent was renamed") }
        return Agent(channel: channel, uaid: given, endpoints: answers)
    }

    /// - Returns: an endpoint for each.
    func register() async throws -> [String] {
        for agent in agents {
            let frame = AgentHandler.frame(#"{"messageType":"register","channelID":"\#(UUID().uuidString.lowercased())"}"#)
            agent.channel.writeAndFlush(frame, promise: nil)
        }
        var endpoints: [String] = []
        for agent in agents {
            var answers = agent.endpoints.makeAsyncIterator()
            guard let endpoint = await answers.next() else { throw BenchmarkError("the push service hung up") }
            endpoints.append(endpoint)
        }
        return endpoints
    }

    func close() { for agent in agents { agent.channel.close(promise: nil) } }
}

/// Reads just so much of a frame as it must.
private final class AgentHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private let clock: MessageClock
    private let answers: AsyncStream<String>.Continuation

    init(clock: MessageClock, answers: AsyncStream<String>.Continuation) {
        self.clock = clock
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
        if let version = member("version", of: text), let channel = member("channelID", of: text) {
            let ack = #"{"messageType":"ack","updates":[{"channelID":"\#(channel)","version":"\#(version)","code":100}]}"#
            context.writeAndFlush(wrapOutboundOut(Self.frame(ack)), promise: nil)
            // Eight bytes are eleven characters; the twelfth has four bits of the ninth.
            if let body = member("data", of: text), let bytes = Base64URL.decode(body.prefix(12)) {
                clock.note(postedAt: bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
            }
        } else if let answer = member("pushEndpoint", of: text) ?? member("uaid", of: text) {
            answers.yield(answer)
        }
    }

    /// Cheaper than reading the JSON: our own server's members have no escapes.
    private func member(_ name: StaticString, of text: ByteBuffer) -> String? {
        text.withUnsafeReadableBytes { bytes in
            let pattern = Array("\"\(name)\":\"".utf8)
            guard let found = (0..<max(0, bytes.count - pattern.count)).first(where: { bytes[$0...].starts(with: pattern) }) else { return nil }
            let start = found + pattern.count
            guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "\"")) else { return nil }
            return String(decoding: bytes[start..<end], as: UTF8.self)
        }
    }
}
