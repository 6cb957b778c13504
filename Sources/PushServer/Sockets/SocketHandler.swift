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
///
/// There is one for every connection, most of them idle: a field here is paid for thousands of times.
final class SocketHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    let life = SocketLife()
    private var session: Session
    private let host: SocketHost

    private var context: ChannelHandlerContext?
    private var attached: (uaid: UAID, generation: SessionRegistry<Socket>.Generation)?
    private var heardSincePing = true
    private var nextPing: NIODeadline
    /// When a peer that doesn't read is given up.
    private var patienceEnds: NIODeadline?
    private var alarm = SocketAlarm()
    /// Nil for one connection too many.
    private let place: AddressPlace?
    /// As it was counted.
    private var inFlight = InFlight()

    /// - Parameter place: the peer's right to be connected, kept as long as it is; nil when it has none.
    init(session: Session, host: SocketHost, place: AddressPlace?) {
        self.session = session
        self.host = host
        self.place = place
        nextPing = .now() + host.pingInterval
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        host.sockets.open()
        guard place != nil else { return close(SessionClose(code: 1013, reason: "too many connections from this address")) }
        setAlarm()
    }

    func handlerRemoved(context: ChannelHandlerContext) { end() }
    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    private func end() {
        guard context != nil else { return }
        context = nil
        life.end()
        alarm.cancel()
        if let attached { host.hub.detach(attached.generation, from: attached.uaid) }
        attached = nil
        host.hub.counts.endConnection(inFlight)
        inFlight = InFlight()
        host.sockets.close()
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
        switch event {
        case is ChannelShouldQuiesceEvent: leave(context)
        // Nobody is half a user agent: who says no more doesn't listen either.
        case ChannelEvent.inputClosed: context.close(promise: nil)
        default: break
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// Goes at some moment within the time that the server takes to leave: user agents come back elsewhere one after the other.
    private func leave(_ context: ChannelHandlerContext) {
        let delay = TimeAmount.nanoseconds(Int64.random(in: 0...host.leavesWithin.nanoseconds))
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: delay) { bound.value.handle(.serverStopping) }
    }

    /// Nothing more is read from a peer that doesn't read: what it asks for would only pile up.
    func channelWritabilityChanged(context: ChannelHandlerContext) {
        let isWritable = context.channel.isWritable
        _ = context.channel.setOption(.autoRead, value: isWritable)
        patienceEnds = isWritable ? nil : .now() + host.slowReader
        setAlarm()
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
        let actions = session.handle(event, now: host.now())
        if !session.isClosed {
            host.hub.counts.change(inFlight, to: session.inFlight)
            inFlight = session.inFlight
        }
        for action in actions { perform(action) }
        context?.flush()
        setAlarm()
    }

    /// An event that comes too late. What is stored comes again, what isn't is gone.
    private func miss(_ event: SessionEvent) {
        if case .offered(let message) = event, !message.id.sequence.isStored { host.hub.counts.note(.endedUnstored(.dropped)) }
    }

    private func perform(_ action: SessionAction) {
        guard let context else { return }
        switch action {
        case .send(let message):
            // Flushed when all that is to be sent now is written.
            let data = context.channel.allocator.buffer(string: message.frame())
            context.write(wrapOutboundOut(WebSocketFrame(fin: true, opcode: .text, data: data)), promise: nil)
        case .attach(let uaid, let number):
            let socket = Socket(self, eventLoop: context.eventLoop)
            attached = (uaid, host.hub.attach(socket, to: uaid, number))
            // Something may have been announced since this connection began, and before it was among those that are told.
            if let board = host.hub.announced { socket.handle(.announced(board)) }
        case .note(let fact):
            host.note(fact)
        case .close(let close):
            self.close(close)
        case .lookUp, .register, .unregister, .load, .probe, .delete, .recordConnection:
            host.hub.enqueue(.init(action: action, socket: Socket(self, eventLoop: context.eventLoop)))
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
    private func ping() {
        guard heardSincePing else { return close(SessionClose(code: 1001, reason: "no answer to the last ping")) }
        heardSincePing = false
        write(WebSocketFrame(fin: true, opcode: .ping, data: ByteBuffer()))
    }
}

// MARK: - Time

extension SocketHandler: NIOScheduledCallbackHandler {
    /// Makes sure that what is due next is not missed.
    private func setAlarm() {
        guard let context else { return }
        let due = patienceEnds.map { min($0, nextPing) } ?? nextPing
        alarm.set(due, session.deadline, for: self, on: context.eventLoop, now: host.now)
    }

    func handleScheduledCallback(eventLoop: some EventLoop) {
        alarm.rang()
        let now = NIODeadline.now()
        if let patienceEnds, patienceEnds <= now {
            context?.close(promise: nil)
            return
        }
        if nextPing <= now {
            nextPing = now + host.pingInterval
            ping()
        }
        handle(.tick)
        // When the session is over, the connection may still have something to wait for.
        setAlarm()
    }
}
