import HTTPTransport
import NIOCore
import NIOTLS

/// Carries bytes between a channel and its ``HTTP2Connection``, and requests between that and its ``Origin``.
///
/// All that happens in one turn of the event loop (replies read, streams that became free filled again) goes out with one flush.
/// Not Sendable: it lives on its channel's event loop.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let id: ConnectionID
    private let origin: Origin
    private var connection: HTTP2Connection
    private let usableBy: ContinuousClock.Instant
    private var actions = HTTP2Connection.Actions()
    private var context: ChannelHandlerContext?
    private var stage = Stage.connecting
    private var timer: (scheduled: Scheduled<Void>, at: ContinuousClock.Instant)?
    /// What went wrong before the connection could be used.
    private var failure: (any Error)?

    private enum Stage {
        /// TCP and TLS.
        case connecting
        /// Our preface is out, the far side's SETTINGS aren't here.
        case greeting
        case ready
        /// The origin has been told to expect nothing more.
        case leaving
    }

    /// - Parameter usableBy: when TLS and the exchange of SETTINGS have to be done.
    init(id: ConnectionID, origin: Origin, connection: HTTP2Connection, usableBy: ContinuousClock.Instant) {
        self.id = id
        self.origin = origin
        self.connection = connection
        self.usableBy = usableBy
    }

    // MARK: What the origin asks for, on the event loop

    /// Takes requests as far as there are free streams.
    func pull() { turn() }

    func cancel(_ batch: Batch) {
        connection.cancel(batch, &actions)
        turn()
    }

    /// Ends when the open requests are answered.
    func drain() {
        guard stage != .connecting else {
            context?.close(promise: nil)
            return
        }
        connection.drain(&actions)
        turn()
    }

    // MARK: What the channel tells

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        schedule(at: usableBy)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .handshakeCompleted(let chosen) = event as? TLSUserEvent else { return context.fireUserInboundEventTriggered(event) }
        guard chosen == "h2" else {
            stage = .leaving
            origin.speaksHTTP1(id)
            return context.close(promise: nil)
        }
        stage = .greeting
        connection.start(&actions)
        turn()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        connection.receive(&bytes, now: .now, &actions)
    }

    func channelReadComplete(context: ChannelHandlerContext) { turn() }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { turn() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        failure = failure ?? error
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.scheduled.cancel()
        timer = nil
        connection.lose("the far side closed the connection", &actions)
        let wasUsed = stage == .ready || stage == .leaving
        stage = .leaving
        deliver()
        self.context = nil
        origin.closed(id, error: wasUsed ? nil : TransportError(connecting: failure, to: origin.connector.origin))
    }

    // MARK: -

    private func turn() {
        guard let context else { return }
        let now = ContinuousClock.now
        if stage == .greeting, connection.phase == .open {
            stage = .ready
            origin.connected(id, available: connection.availableStreams)
        }
        if stage == .ready, connection.phase != .open {
            stage = .leaving
            origin.draining(id)
        }
        if stage == .ready { fill(now: now) }
        write(context)
        deliver()
        if actions.closes { context.close(promise: nil) }
        if let next = connection.nextTick, stage == .ready || stage == .leaving { schedule(at: next) }
    }

    private func fill(now: ContinuousClock.Instant) {
        let available = context?.channel.isWritable == true ? connection.availableStreams : 0
        for run in origin.take(id, available: available) {
            for index in run.indices { connection.open(run.ticket(index), now: now, &actions) }
        }
    }

    private func write(_ context: ChannelHandlerContext) {
        guard actions.bytes.readableBytes > 0 else { return }
        context.writeAndFlush(wrapOutboundOut(actions.bytes), promise: nil)
        actions.bytes = context.channel.allocator.buffer(capacity: 16_384)
    }

    private func deliver() {
        guard !actions.answers.isEmpty else { return }
        var answers: [HTTP2Connection.Answer] = []
        swap(&answers, &actions.answers)
        origin.deliver(answers, from: id)
        answers.removeAll(keepingCapacity: true)
        if actions.answers.isEmpty { actions.answers = answers }
    }

    /// One timer for all: it is moved only when something is due earlier, and otherwise finds when it rings that there is nothing to do.
    private func schedule(at moment: ContinuousClock.Instant) {
        guard let context, timer.map({ moment < $0.at }) ?? true else { return }
        timer?.scheduled.cancel()
        let delay = max(.zero, ContinuousClock.now.duration(to: moment))
        let scheduled = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) { self.ring() }
        timer = (scheduled, moment)
    }

    private func ring() {
        timer = nil
        switch stage {
        case .connecting, .greeting:
            failure = failure ?? ChannelError.connectTimeout(TimeAmount(origin.connector.settings.connectTimeout))
            context?.close(promise: nil)
        case .ready, .leaving:
            connection.tick(now: .now, &actions)
            turn()
        }
    }
}
