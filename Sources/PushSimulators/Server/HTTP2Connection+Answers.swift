import NIOCore
import NIOHPACK
import NIOHTTP2

/// Doing what the desk says.
extension HTTP2Connection {
    func carryOut(_ answer: Answer, on stream: HTTP2StreamID, _ context: ChannelHandlerContext) {
        guard !isDeaf, !isAfterGoodbye(stream), context.channel.isActive else { return }
        if answer.goesDeaf { return goDeaf(context) }
        if answer.closesBefore { return context.close(promise: nil) }
        if let limit = answer.streamLimit { announce(limit, context) }
        if let goAway = answer.goAway { say(goAway, at: stream, context) }
        if let code = answer.reset {
            write(.rstStream(HTTP2ErrorCode(networkCode: code.number)), on: stream, context)
        } else if let reply = answer.reply {
            send(reply, slowly: answer.slowBody, on: stream, context)
        }
        if !isReading { context.flush() }
        if answer.closesAfter { closeSoon(context) }
    }

    private func send(_ reply: SimulatorReply, slowly slow: Fault.ReplyBody?, on stream: HTTP2StreamID, _ context: ChannelHandlerContext) {
        var headers = HPACKHeaders()
        headers.reserveCapacity(reply.headers.count + 2)
        headers.add(name: ":status", value: reply.status == 200 ? "200" : String(reply.status), indexing: .indexable)
        for (name, value) in reply.headers { headers.add(name: name, value: value, indexing: .nonIndexable) }
        let hasBody = slow != nil || !reply.body.isEmpty
        write(.headers(.init(headers: headers, endStream: !hasBody)), on: stream, context)
        if let slow { return drip(slow, of: reply.body, sent: 0, on: stream, context) }
        if hasBody {
            write(
                .data(.init(data: .byteBuffer(context.channel.allocator.buffer(bytes: reply.body)), endStream: true)), on: stream, context)
        }
    }

    /// Sends a piece, and the next one a while later.
    private func drip(_ slow: Fault.ReplyBody, of body: [UInt8], sent: Int, on stream: HTTP2StreamID, _ context: ChannelHandlerContext) {
        guard !isDeaf, context.channel.isActive else { return }
        let (piece, isLast) = slow.piece(of: body, after: sent)
        write(.data(.init(data: .byteBuffer(context.channel.allocator.buffer(bytes: piece)), endStream: isLast)), on: stream, context)
        context.flush()
        guard !isLast else { return }
        let context = NIOLoopBound(context, eventLoop: context.eventLoop)
        let connection = NIOLoopBound(self, eventLoop: context.value.eventLoop)
        context.value.eventLoop.scheduleTask(in: .milliseconds(slow.everyMilliseconds)) {
            connection.value.drip(slow, of: body, sent: sent + piece.count, on: stream, context.value)
        }
    }

    private func announce(_ limit: Int, _ context: ChannelHandlerContext) {
        let setting = HTTP2Setting(parameter: .maxConcurrentStreams, value: limit)
        write(.settings(.settings([setting])), on: .rootStream, context)
    }

    /// Writes the frame (RFC 9113 §6.8) past `NIOHTTP2Handler`: once that has said GOAWAY, it takes the body of a later stream for an
    /// offence and ends the connection, with the streams that are still to be answered.
    private func say(_ goAway: Fault.GoAway, at stream: HTTP2StreamID, _ context: ChannelHandlerContext) {
        guard lastStream == nil, let http2 = try? context.pipeline.syncOperations.context(handlerType: NIOHTTP2Handler.self) else { return }
        let last = goAway.answered == false ? HTTP2StreamID(max(0, Int(stream) - 2)) : stream
        lastStream = last
        let data = Array(#"{"reason":\#(JSONText.quoted(goAway.reason ?? "Shutdown"))}"#.utf8)
        var frame = context.channel.allocator.buffer(capacity: 17 + data.count)
        frame.writeInteger(UInt32(8 + data.count) << 8 | 7)
        frame.writeInteger(UInt8(0))
        frame.writeInteger(UInt32(0))
        frame.writeInteger(UInt32(Int(last)))
        frame.writeInteger(UInt32(0))
        frame.writeBytes(data)
        context.flush()
        http2.writeAndFlush(NIOAny(frame), promise: nil)
    }

    func isAfterGoodbye(_ stream: HTTP2StreamID) -> Bool { lastStream.map { stream > $0 } == true }

    private func goDeaf(_ context: ChannelHandlerContext) {
        isDeaf = true
        context.channel.setOption(.autoRead, value: false).whenFailure { _ in }
    }

    /// What was written leaves first.
    private func closeSoon(_ context: ChannelHandlerContext) {
        let context = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.value.flush()
        context.value.eventLoop.scheduleTask(in: .milliseconds(20)) { context.value.close(promise: nil) }
    }

    func write(_ payload: HTTP2Frame.FramePayload, on stream: HTTP2StreamID, _ context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(HTTP2Frame(streamID: stream, payload: payload)), promise: nil)
    }
}
