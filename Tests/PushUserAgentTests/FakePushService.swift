import JWS
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket
import WebPush

/// A push service on loopback that does what the test says, one connection after the other.
struct FakePushService {
    typealias Connection = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>
    typealias Upgrade = EventLoopFuture<Connection?>

    let port: Int
    private let server: NIOAsyncChannel<Upgrade, Never>

    static func start(tls: NIOSSLContext? = nil) async throws -> FakePushService {
        let server: NIOAsyncChannel<Upgrade, Never> = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    return try channel.pipeline.syncOperations.configureUpgradableHTTPServerPipeline(
                        configuration: .init(upgradeConfiguration: upgradeConfiguration))
                }
            }
        return FakePushService(port: server.channel.localAddress?.port ?? 0, server: server)
    }

    private static var upgradeConfiguration: NIOTypedHTTPServerUpgradeConfiguration<Connection?> {
        let upgrader = NIOTypedWebSocketServerUpgrader<Connection?>(
            maxFrameSize: 1 << 20,
            shouldUpgrade: { channel, head in
                // A path of its own for a server that knows no WebSockets.
                channel.eventLoop.makeSucceededFuture(head.uri == "/plain" ? nil : HTTPHeaders())
            },
            upgradePipelineHandler: { channel, _ in
                channel.eventLoop.makeCompletedFuture { try Connection(wrappingChannelSynchronously: channel) }
            })
        return NIOTypedHTTPServerUpgradeConfiguration(upgraders: [upgrader]) { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(NotFound())
                return nil
            }
        }
    }

    /// Runs the script; the server ends with it.
    func serve<Result>(_ script: (inout Accepting) async throws -> Result) async throws -> Result {
        try await server.executeThenClose { inbound in
            var accepting = Accepting(connections: inbound.makeAsyncIterator())
            return try await script(&accepting)
        }
    }

    struct Accepting {
        fileprivate var connections: NIOAsyncChannelInboundStream<Upgrade>.AsyncIterator

        /// The next user agent that connects. The connection drops when the script for it ends.
        mutating func connection<Result>(_ script: (inout Peer) async throws -> Result) async throws -> Result {
            while let upgrade = try await connections.next() {
                guard let connection = try await upgrade.get() else { continue }
                return try await connection.executeThenClose { inbound, outbound in
                    var peer = Peer(frames: inbound.makeAsyncIterator(), outbound: outbound)
                    return try await script(&peer)
                }
            }
            throw ChannelError.eof
        }
    }

    /// The user agent on the other side of a connection.
    struct Peer {
        fileprivate var frames: NIOAsyncChannelInboundStream<WebSocketFrame>.AsyncIterator
        fileprivate let outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>

        /// The next frame it sends; nil when it has gone.
        mutating func next() async throws -> WebSocketFrame? { try await frames.next() }

        mutating func nextText() async throws -> String? {
            try await next().map { String(buffer: $0.unmaskedData) }
        }

        mutating func nextMessage() async throws -> Message? {
            try await nextText().map { try JSONDecoder().decode(Message.self, from: Data($0.utf8)) }
        }

        func send(_ text: String) async throws { try await send(.text, ByteBuffer(string: text)) }

        /// Says goodbye, and waits until the user agent has gone.
        mutating func close(_ code: Int, _ reason: String = "") async throws {
            var goodbye = ByteBuffer()
            goodbye.write(webSocketErrorCode: .init(codeNumber: code))
            goodbye.writeString(reason)
            try await send(.connectionClose, goodbye)
            while try await next() != nil {}
        }

        func send(_ opcode: WebSocketOpcode, _ data: ByteBuffer, fin: Bool = true) async throws {
            try await outbound.write(WebSocketFrame(fin: fin, opcode: opcode, data: data))
        }
    }

    /// What user agents send.
    struct Message: Decodable {
        var messageType: String?
        var uaid: String?
        var channelID: String?
        var key: String?
        var version: String?
        var code: Int?
        var updates: [Update]?

        struct Update: Decodable, Equatable {
            var version: String
            var code: Int
        }
    }
}

extension FakePushService.Peer {
    /// Greets back, and registers the channel when asked to.
    mutating func greet(_ uaid: String = "u1") async throws -> FakePushService.Message? {
        let hello = try await nextMessage()
        try await send(#"{"messageType":"hello","uaid":"\#(uaid)","status":200,"use_webpush":true}"#)
        return hello
    }

    mutating func register(at endpoint: String = "http://127.0.0.1/wpush/v2/token") async throws -> FakePushService.Message? {
        guard let register = try await nextMessage() else { return nil }
        try await send(
            #"{"messageType":"register","channelID":"\#(register.channelID ?? "")","status":200,"pushEndpoint":"\#(endpoint)"}"#)
        return register
    }

    /// The JSON of a message, sealed as an application server seals it.
    func notification(_ version: String, _ plaintext: String, channelID: String, for keys: SubscriptionKeys) throws -> String {
        let body = try MessageEncryption.seal(Array(plaintext.utf8), for: keys)
        return
            #"{"messageType":"notification","channelID":"\#(channelID)","version":"\#(version)","data":"\#(Base64URL.encode(body))","headers":{"encoding":"aes128gcm"}}"#
    }
}

/// Answers 404 to whatever is asked.
private final class NotFound: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .end = unwrapInboundIn(data) else { return }
        let head = HTTPResponseHead(version: .http1_1, status: .notFound, headers: ["Content-Length": "0"])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
