#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import NIOCore
import NIOHTTP1

/// A client's HTTP/1.1 connection: one request at a time. `NIOHTTP1`'s server pipeline stands before it.
final class HTTP1Connection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private static let keptBodyBytes = 1 << 20

    private let desk: RequestDesk
    private var memory: ConnectionMemory
    private var request: SimulatorRequest?
    private var keepsAlive = true
    private var isDeaf = false

    init(desk: RequestDesk, memory: ConnectionMemory) {
        self.desk = desk
        self.memory = memory
    }

    func handlerAdded(context: ChannelHandlerContext) { desk.connectionOpened() }

    func channelInactive(context: ChannelHandlerContext) {
        desk.connectionClosed()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if !isDeaf { context.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDeaf else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            request = SimulatorRequest(head)
            keepsAlive = head.isKeepAlive
        case .body(let buffer):
            if request?.body.count ?? 0 < Self.keptBodyBytes { request?.body.append(contentsOf: buffer.readableBytesView) }
        case .end:
            if let request { take(request, context) }
            request = nil
        }
    }

    private func take(_ request: SimulatorRequest, _ context: ChannelHandlerContext) {
        let answer = desk.answer(request, on: &memory, now: Date())
        guard answer.delayMilliseconds > 0 else { return carryOut(answer, context) }
        let context = NIOLoopBound(context, eventLoop: context.eventLoop)
        let connection = NIOLoopBound(self, eventLoop: context.value.eventLoop)
        context.value.eventLoop.scheduleTask(in: .milliseconds(Int64(answer.delayMilliseconds))) {
            connection.value.carryOut(answer, context.value)
        }
    }

    private func carryOut(_ answer: Answer, _ context: ChannelHandlerContext) {
        guard !isDeaf, context.channel.isActive else { return }
        if answer.goesDeaf {
            isDeaf = true
            return context.channel.setOption(.autoRead, value: false).whenFailure { _ in }
        }
        // HTTP/1.1 has neither streams to reset nor GOAWAY: the connection is what ends.
        if answer.closesBefore || answer.reset != nil || answer.goAway?.answered == false { return context.close(promise: nil) }
        guard let reply = answer.reply else { return }
        let closes = answer.closesAfter || answer.goAway != nil || !keepsAlive
        send(reply, slowly: answer.slowBody, closes: closes, context)
    }

    private func send(_ reply: SimulatorReply, slowly slow: Fault.ReplyBody?, closes: Bool, _ context: ChannelHandlerContext) {
        var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: reply.status))
        for (name, value) in reply.headers { head.headers.add(name: name, value: value) }
        if slow == nil, reply.status != 204 { head.headers.replaceOrAdd(name: "content-length", value: String(reply.body.count)) }
        if closes { head.headers.replaceOrAdd(name: "connection", value: "close") }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if let slow { return drip(slow, of: reply.body, sent: 0, closes: closes, context) }
        let body = context.channel.allocator.buffer(bytes: reply.body)
        if !reply.body.isEmpty { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
        end(closes: closes, context)
    }

    private func drip(_ slow: Fault.ReplyBody, of body: [UInt8], sent: Int, closes: Bool, _ context: ChannelHandlerContext) {
        guard !isDeaf, context.channel.isActive else { return }
        let (piece, isLast) = slow.piece(of: body, after: sent)
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(context.channel.allocator.buffer(bytes: piece)))), promise: nil)
        guard !isLast else { return end(closes: closes, context) }
        let context = NIOLoopBound(context, eventLoop: context.eventLoop)
        let connection = NIOLoopBound(self, eventLoop: context.value.eventLoop)
        context.value.eventLoop.scheduleTask(in: .milliseconds(slow.everyMilliseconds)) {
            connection.value.drip(slow, of: body, sent: sent + piece.count, closes: closes, context.value)
        }
    }

    private func end(closes: Bool, _ context: ChannelHandlerContext) {
        let context = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.value.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
            if closes { context.value.close(promise: nil) }
        }
    }
}

extension SimulatorRequest {
    init(_ head: HTTPRequestHead) {
        self.init(method: head.method.rawValue, path: head.uri)
        headers = head.headers.map { ($0.name.lowercased(), $0.value) }
    }
}
