#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import NIOCore
import NIOHPACK
import NIOHTTP2

/// A client's HTTP/2 connection: collects requests from frames, asks the desk, and does as it says. It works on frames without a
/// channel for each stream, which is faster, and lets a fault do anything.
final class HTTP2Connection: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    /// What is kept of a body; the rest only counts for the size that the rules see.
    private static let keptBodyBytes = 1 << 20
    /// When this much was read, the client is allowed as much again.
    private static let windowStepBytes = 1 << 18

    private let desk: RequestDesk
    private var memory: ConnectionMemory
    private var requests: [HTTP2StreamID: SimulatorRequest] = [:]
    private var unacknowledgedBytes = 0
    /// Of the GOAWAY that was said: streams above it are ignored.
    var lastStream: HTTP2StreamID?
    var isDeaf = false
    var isReading = false

    init(desk: RequestDesk, memory: ConnectionMemory) {
        self.desk = desk
        self.memory = memory
    }

    func handlerAdded(context: ChannelHandlerContext) {
        desk.connectionOpened()
        write(.windowUpdate(windowSizeIncrement: 16 << 20), on: .rootStream, context)
        context.flush()
    }

    func channelInactive(context: ChannelHandlerContext) {
        desk.connectionClosed()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDeaf else { return }
        isReading = true
        let frame = unwrapInboundIn(data)
        switch frame.payload {
        case .headers(let headers): receive(headers, on: frame.streamID, context)
        case .data(let data): receive(data, on: frame.streamID, context)
        case .rstStream: requests[frame.streamID] = nil
        default: break
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        if !isDeaf { context.flush() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A stream's trouble is the stream's alone; the client was told.
        if !(error is NIOHTTP2Errors.StreamError), !isDeaf { context.close(promise: nil) }
    }

    private func receive(_ frame: HTTP2Frame.FramePayload.Headers, on stream: HTTP2StreamID, _ context: ChannelHandlerContext) {
        if requests[stream] == nil { requests[stream] = SimulatorRequest(frame.headers) }
        if frame.endStream { finish(stream, context) }
    }

    private func receive(_ frame: HTTP2Frame.FramePayload.Data, on stream: HTTP2StreamID, _ context: ChannelHandlerContext) {
        if case .byteBuffer(let buffer) = frame.data {
            acknowledge(buffer.readableBytes, on: stream, isLast: frame.endStream, context)
            if requests[stream]?.body.count ?? Self.keptBodyBytes < Self.keptBodyBytes {
                requests[stream]?.body.append(contentsOf: buffer.readableBytesView)
            }
        }
        if frame.endStream { finish(stream, context) }
    }

    private func acknowledge(_ bytes: Int, on stream: HTTP2StreamID, isLast: Bool, _ context: ChannelHandlerContext) {
        unacknowledgedBytes += bytes
        if unacknowledgedBytes >= Self.windowStepBytes {
            write(.windowUpdate(windowSizeIncrement: unacknowledgedBytes), on: .rootStream, context)
            unacknowledgedBytes = 0
        }
        if !isLast, bytes > 0 { write(.windowUpdate(windowSizeIncrement: bytes), on: stream, context) }
    }

    private func finish(_ stream: HTTP2StreamID, _ context: ChannelHandlerContext) {
        guard let request = requests.removeValue(forKey: stream), !isAfterGoodbye(stream) else { return }
        let answer = desk.answer(request, on: &memory, now: Date())
        guard answer.delayMilliseconds > 0 else { return carryOut(answer, on: stream, context) }
        let context = NIOLoopBound(context, eventLoop: context.eventLoop)
        let connection = NIOLoopBound(self, eventLoop: context.value.eventLoop)
        context.value.eventLoop.scheduleTask(in: .milliseconds(Int64(answer.delayMilliseconds))) {
            connection.value.carryOut(answer, on: stream, context.value)
        }
    }
}

extension SimulatorRequest {
    init(_ fields: HPACKHeaders) {
        self.init(method: "", path: "")
        headers.reserveCapacity(fields.count)
        for (name, value, _) in fields {
            switch name {
            case ":method": method = value
            case ":path": path = value
            case _ where name.hasPrefix(":"): break
            default: headers.append((name, value))
            }
        }
    }
}
