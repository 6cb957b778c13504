import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Bounds the time in which a request must be here, from its head to the end of its body, however steadily its bytes drip. What is not
/// here then is answered 408, if whoever reads it hasn't answered already, and the connection is closed. Responses may take as long
/// as they like.
final class RequestDeadline: ChannelInboundHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    private enum State {
        case idle
        /// A head was read, and not yet the end of its body.
        case reading
        /// Too late: nobody waits for the rest any more.
        case over
    }

    private let seconds: Int
    private var state = State.idle
    private var timeout: Scheduled<Void>?

    init(seconds: Int) { self.seconds = seconds }

    /// The answer has so long to get out.
    static let farewell = Duration.seconds(5)

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .over = state { return }
        switch unwrapInboundIn(data) {
        case .head: state = .reading
        case .body: break
        case .end:
            state = .idle
            timeout?.cancel()
            timeout = nil
        }
        context.fireChannelRead(data)
    }

    /// Most requests are here with one read, and need no timer.
    func channelReadComplete(context: ChannelHandlerContext) {
        if case .reading = state, timeout == nil {
            schedule(in: .seconds(Int64(seconds)), context) { $0.giveUp($1) }
        }
        context.fireChannelReadComplete()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timeout?.cancel()
        context.fireChannelInactive()
    }

    /// Whoever waits for the body hears of it as an error, and answers in its own words.
    private func giveUp(_ context: ChannelHandlerContext) {
        state = .over
        context.fireErrorCaught(Problem.requestTimeout(seconds: seconds))
        schedule(in: TimeAmount(Self.farewell), context) { $1.close(promise: nil) }
    }

    private func schedule(
        in delay: TimeAmount, _ context: ChannelHandlerContext,
        _ work: @escaping @Sendable (RequestDeadline, ChannelHandlerContext) -> Void
    ) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timeout = context.eventLoop.scheduleTask(in: delay) { work(bound.value.0, bound.value.1) }
    }
}
