import NIOCore
import NIOWebSocket

/// What the far side of a WebSocket said.
enum SocketEvent: Sendable, Equatable {
    case text(String)
    /// A ping or a pong: nothing, but a sign of life.
    case lifeSign
    /// It says goodbye; nothing follows.
    case closed(code: Int?, reason: String)
}

/// What is said to it.
enum SocketFrame: Sendable, Equatable {
    case text(String)
    /// A ping of RFC 6455 §5.5.2, which may come as often as one likes.
    case probe
}

/// WebSocket frames to text and back (RFC 6455): answers pings and close frames by itself, masks what it sends.
///
/// It sits behind an aggregator, so every text frame is a whole message.
final class TextFrameHandler: ChannelDuplexHandler {
    typealias InboundIn = WebSocketFrame
    typealias InboundOut = SocketEvent
    typealias OutboundIn = SocketFrame
    typealias OutboundOut = WebSocketFrame

    private var isClosing = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var frame = unwrapInboundIn(data)
        var payload = frame.unmaskedData
        switch frame.opcode {
        case .text: context.fireChannelRead(wrapInboundOut(.text(String(buffer: payload))))
        case .ping:
            send(.pong, payload, context: context)
            context.fireChannelRead(wrapInboundOut(.lifeSign))
        case .pong: context.fireChannelRead(wrapInboundOut(.lifeSign))
        case .connectionClose:
            let code = payload.readWebSocketErrorCode()
            context.fireChannelRead(
                wrapInboundOut(.closed(code: code.map { Int(UInt16(webSocketErrorCode: $0)) }, reason: String(buffer: payload))))
            context.close(promise: nil)
        default: break
        }
        frame.data.clear()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let (opcode, text): (WebSocketOpcode, String) =
            switch unwrapOutboundIn(data) {
            case .text(let text): (.text, text)
            case .probe: (.ping, "")
            }
        let frame = WebSocketFrame(
            fin: true, opcode: opcode, maskKey: .random(), data: context.channel.allocator.buffer(string: text))
        context.write(wrapOutboundOut(frame), promise: promise)
    }

    /// Says goodbye first. Whether the far side answers does not matter to us: TCP closes at once.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if mode == .all, !isClosing {
            isClosing = true
            send(.connectionClose, context.channel.allocator.buffer(capacity: 0), context: context)
        }
        context.close(mode: mode, promise: promise)
    }

    private func send(_ opcode: WebSocketOpcode, _ payload: ByteBuffer, context: ChannelHandlerContext) {
        let frame = WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: payload)
        context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
    }
}
