import NIOCore
import NIOHTTP1
import NIOWebSocket
import PushService

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Carries frames between a WebSocket and its ``Session``. No rule of the protocol is decided here.
final class SocketHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    let life = SocketLife()
    private var session: Session
    private let hub: SocketHub
    private let pingInterval: TimeAmount
    private let leavesWithin: TimeAmount
    private let note: @Sendable (SessionNote) -> Void
    private let now: @Sendable () -> Date

    private var context: ChannelHandlerContext?
    private var attached: (uaid: UAID, generation: SessionRegistry<Socket>.Generation)?
    private var tick: Scheduled<Void>?
    private var keepAlive: RepeatedTask?
    private var heardSincePing = true
    /// When a peer that doesn't read is given up.
    private var patience: Scheduled<Void>?
    private let slowReader: TimeAmount
    /// Nil for one connection too many.
    private let place: AddressPlace?
    /// As it was counted.
    private var inFlight = InFlight()

    /// - Parameters:
    ///   - place: the peer's right to be connected, kept as long as it is; nil when it has none.
    ///   - slowReader: a peer that takes nothing for so long is given up.
    init(
        session: Session, hub: SocketHub, place: AddressPlace?, pingInterval: TimeAmount, slowReader: TimeAmount, leavesWithin: TimeAmount,
        note: @escaping @Sendable (SessionNote) -> Void, now: @escaping @Sendable () -> Date
    ) {
        self.place = place
        self.slowReader = slowReader
        self.leavesWithin = leavesWithin
        self.session = session
        self.hub = hub
        self.pingInterval = pingInterval
        self.note = note
        self.now = now
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        guard place != nil else { return close(SessionClose(code: 1013, reason: "too many connections from this address")) }
        scheduleTick()
        startKeepAlive(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) { end() }
    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    private func end() {
        life.end()
        tick?.cancel()
        keepAlive?.cancel()
        patience?.cancel()
        if let attached { hub.detach(attached.generation, from: attached.uaid) }
        hub.counts.endConnection(inFlight)
        inFlight = InFlight()
        attached = nil
        context = nil
    }

    // MARK: In

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        heardSincePing = true
        // RFC 6455 §5.2: bits that no extension was agreed on for, such as compression.
        guard !frame.rsv1, !frame.rsv2, !frame.rsv3 else {
            return close(SessionClose(code: 1002, reason: "no extension was agreed on"))
        }
        switch frame.opcode {
        case .text:
            handle(.frame(String(buffer: frame.unmaskedData)))
        case .ping:
            write(WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData))
        case .connectionClose:
            close(SessionClose(code: 1000, reason: ""))
        case .pong:
            break
        default:
            close(SessionClose(code: 1003, reason: "this protocol is JSON in text frames"))
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent { leave(context) }
        context.fireUserInboundEventTriggered(event)
    }

    /// Goes at some moment within the time that the server takes to leave: user agents come back elsewhere one after the other.
    private func leave(_ context: ChannelHandlerContext) {
        let delay = TimeAmount.nanoseconds(Int64.random(in: 0...leavesWithin.nanoseconds))
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: delay) { bound.value.handle(.serverStopping) }
    }

    /// Nothing more is read from a peer that doesn't read: what it asks for would only pile up.
    func channelWritabilityChanged(context: ChannelHandlerContext) {
        let isWritable = context.channel.isWritable
        _ = context.channel.setOption(.autoRead, value: isWritable)
        patience?.cancel()
        patience = nil
        if !isWritable {
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            patience = context.eventLoop.scheduleTask(in: slowReader) { bound.value.close(promise: nil) }
        }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case NIOWebSocketError.invalidFrameLength, is NIOWebSocketFrameAggregator.Error:
            close(SessionClose(code: 1009, reason: "the frame or the message is too large"))
        case is NIOWebSocketError:
            close(SessionClose(code: 1002, reason: "this is not a WebSocket frame"))
        default:
            context.close(promise: nil)
        }
    }

    // MARK: The session

    /// On the event loop.
    func handle(_ event: SessionEvent) {
        guard context != nil, !session.isClosed else { return miss(event) }
        let actions = session.handle(event, now: now())
        if !session.isClosed {
            hub.counts.change(inFlight, to: session.inFlight)
            inFlight = session.inFlight
        }
        for action in actions { perform(action) }
        context?.flush()
        scheduleTick()
    }

    /// An event that comes too late. What is stored comes again, what isn't is gone.
    private func miss(_ event: SessionEvent) {
        if case .offered(let message) = event, !message.id.sequence.isStored { hub.counts.note(.droppedUnstored) }
    }

    private func perform(_ action: SessionAction) {
        guard let context else { return }
        switch action {
        case .send(let message):
            write(WebSocketFrame(fin: true, opcode: .text, data: context.channel.allocator.buffer(string: message.frame())))
        case .attach(let uaid, let number):
            let socket = Socket(self, eventLoop: context.eventLoop)
            attached = (uaid, hub.attach(socket, to: uaid, number))
            // Something may have been announced since this connection began, and before it was among those that are told.
            if let board = hub.announced { socket.handle(.announced(board)) }
        case .note(let fact):
            hub.counts.note(fact)
            note(fact)
        case .close(let close):
            self.close(close)
        case .lookUp, .register, .unregister, .load, .probe, .delete, .recordConnection:
            hub.enqueue(.init(action: action, socket: Socket(self, eventLoop: context.eventLoop)))
        }
    }

    private func scheduleTick() {
        tick?.cancel()
        guard let context, let deadline = session.deadline else { return }
        let delay = max(0, deadline.timeIntervalSince(now()))
        tick = context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(Int64(delay * 1000) + 1)) {
            self.handle(.tick)
        }
    }

    // MARK: Out

    private func write(_ frame: WebSocketFrame) {
        context?.writeAndFlush(wrapOutboundOut(frame), promise: nil)
    }

    /// Says why and hangs up at once: browsers don't answer a close frame, and would believe themselves connected until a ping fails.
    private func close(_ close: SessionClose) {
        guard let context else { return }
        var data = context.channel.allocator.buffer(capacity: 2 + close.reason.utf8.count)
        data.write(webSocketErrorCode: WebSocketErrorCode(codeNumber: Int(close.code)))
        data.writeString(close.reason)
        let frame = WebSocketFrame(fin: true, opcode: .connectionClose, data: data)
        let channel = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(frame)).whenComplete { _ in channel.value.close(promise: nil) }
    }

    /// A peer that neither sends nor answers pings is gone, whatever TCP believes.
    private func startKeepAlive(_ context: ChannelHandlerContext) {
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        keepAlive = context.eventLoop.scheduleRepeatedTask(initialDelay: pingInterval, delay: pingInterval) { _ in
            bound.value.ping()
        }
    }

    private func ping() {
        guard heardSincePing else { return close(SessionClose(code: 1001, reason: "no answer to the last ping")) }
        heardSincePing = false
        write(WebSocketFrame(fin: true, opcode: .ping, data: ByteBuffer()))
    }
}
