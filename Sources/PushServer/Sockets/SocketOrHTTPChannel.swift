import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOWebSocket

/// One port for both: a connection that asks for an upgrade at `/` becomes a WebSocket of the push service, every other is plain HTTP.
struct SocketOrHTTPChannel: ServerChildChannel, HTTPChannelHandler {
    typealias HTTPChannel = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    struct Value: ServerChildChannelValue {
        let channel: any Channel
        let negotiated: EventLoopFuture<Negotiated>
    }

    enum Negotiated: Sendable {
        case http(HTTPChannel)
        case socket
    }

    let responder: Responder
    /// Makes the handler that speaks the push service's protocol; nil where user agents don't connect.
    let makeSocketHandler: (@Sendable (ClientAddress) -> SocketHandler)?
    /// Whose word on the client's address counts.
    let trustedProxies: [AddressBlock]
    let frameLimitBytes: Int
    /// A request must be here within so long, its head and then its body; a connection without one is closed a little later.
    let requestSeconds: Int

    /// A channel keeps the buffer of its first read for ever. Here the head of a browser's request for an upgrade fits into it, and not
    /// much more: idle sockets are many, and what they read later is short.
    private static let socketBuffers = AdaptiveRecvByteBufferAllocator(minimum: 256, initial: 1024, maximum: 4096)

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            try channel.syncOptions?.setOption(.recvAllocator, value: Self.socketBuffers)
            // Until the first request is in, nobody else watches a silent connection.
            try channel.pipeline.syncOperations.addHandler(
                SilenceHandler(limit: .seconds(Int64(requestSeconds))), name: SilenceHandler.name)
            let upgrade = NIOTypedHTTPServerUpgradeConfiguration(
                upgraders: [upgrader()],
                notUpgradingCompletionHandler: { channel in makeHTTP(channel, logger) })
            var pipeline = NIOUpgradableHTTPServerPipelineConfiguration(upgradeConfiguration: upgrade)
            // As in Hummingbird's own channel: requests are taken one by one, and its types check headers.
            pipeline.enablePipelining = false
            pipeline.enableErrorHandling = true
            pipeline.enableResponseHeaderValidation = false
            let negotiated = try channel.pipeline.syncOperations.configureUpgradableHTTPServerPipeline(
                configuration: pipeline)
            return Value(channel: channel, negotiated: negotiated)
        }
    }

    func handle(value: Value, logger: Logger) async {
        switch try? await value.negotiated.get() {
        case .http(let channel): await handleHTTP(asyncChannel: channel, logger: logger)
        // Nothing to wait for here: a task for each idle socket would weigh more than the socket.
        case .socket: break
        case nil: try? await value.channel.close()
        }
    }

    private func makeHTTP(_ channel: any Channel, _ logger: Logger) -> EventLoopFuture<Negotiated> {
        channel.eventLoop.makeCompletedFuture {
            channel.pipeline.syncOperations.removeHandler(name: SilenceHandler.name, promise: nil)
            try channel.syncOptions?.setOption(.recvAllocator, value: AdaptiveRecvByteBufferAllocator())
            try channel.pipeline.syncOperations.addHandler(HTTP1ToHTTPServerCodec(secure: false))
            try channel.pipeline.syncOperations.addHandler(RequestDeadline(seconds: requestSeconds))
            try channel.pipeline.syncOperations.addHandler(
                HTTPConnectionStateHandler(idleTimeout: .seconds(requestSeconds) + RequestDeadline.farewell, logger: logger))
            return .http(
                try HTTPChannel(
                    wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true)))
        }
    }

    private func upgrader() -> NIOTypedWebSocketServerUpgrader<Negotiated> {
        NIOTypedWebSocketServerUpgrader(
            maxFrameSize: frameLimitBytes,
            enableAutomaticErrorHandling: false,
            shouldUpgrade: { channel, head in
                let isOurs = makeSocketHandler != nil && (head.uri == "/" || head.uri.hasPrefix("/?"))
                return channel.eventLoop.makeSucceededFuture(isOurs ? Self.replyHeaders(head) : nil)
            },
            upgradePipelineHandler: { channel, head in makeSocket(channel, head) })
    }

    private func makeSocket(_ channel: any Channel, _ head: HTTPRequestHead) -> EventLoopFuture<Negotiated> {
        channel.eventLoop.makeCompletedFuture {
            channel.pipeline.syncOperations.removeHandler(name: SilenceHandler.name, promise: nil)
            try channel.pipeline.syncOperations.addHandler(
                NIOWebSocketFrameAggregator(
                    minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 64, maxAccumulatedFrameSize: frameLimitBytes))
            let address = ClientAddress(channel.remoteAddress)
                .client(forwarded: head.headers["x-forwarded-for"], proxies: trustedProxies)
            if let handler = makeSocketHandler?(address) { try channel.pipeline.syncOperations.addHandler(handler) }
            return .socket
        }
    }

    /// Browsers offer the subprotocol and don't insist on it; other clients do.
    private static func replyHeaders(_ head: HTTPRequestHead) -> HTTPHeaders {
        let offered = head.headers[canonicalForm: "sec-websocket-protocol"]
        return offered.contains("push-notification") ? ["sec-websocket-protocol": "push-notification"] : [:]
    }
}

/// Closes a connection that hasn't come to its point: when there is no complete request head in the given time, and when the server
/// stops, for which nobody else in the pipeline would close it.
private final class SilenceHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    static let name = "silence"

    private let limit: TimeAmount
    private var timeout: Scheduled<Void>?

    init(limit: TimeAmount) { self.limit = limit }

    func handlerAdded(context: ChannelHandlerContext) {
        let context = NIOLoopBound(context, eventLoop: context.eventLoop)
        timeout = context.eventLoop.assumeIsolated().scheduleTask(in: limit) { context.value.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { timeout?.cancel() }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent {
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }
}
