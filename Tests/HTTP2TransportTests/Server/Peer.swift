import NIOCore
import NIOHPACK
import NIOTLS
import Synchronization

@testable import HTTP2Transport

/// One connection of a ``ScriptedServer``. On its event loop only.
final class Peer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// From 0, in the order they came.
    let number: Int
    /// Requests that are complete on this connection.
    private(set) var requests = 0
    private(set) var openStreams: Set<UInt32> = []
    private let counters: ScriptedServer.Counters
    private let script: ScriptedServer.Script
    private var inbound = ByteBuffer()
    private var prefaceLeft = 24
    private var decoder = HPACKDecoder(allocator: ByteBufferAllocator())
    private var heads: [UInt32: HPACKHeaders] = [:]
    private var bodies: [UInt32: [UInt8]] = [:]
    private var context: ChannelHandlerContext?

    init(number: Int, counters: ScriptedServer.Counters, script: @escaping ScriptedServer.Script) {
        self.number = number
        self.counters = counters
        self.script = script
    }

    // MARK: What a script does

    func send(_ write: (inout ByteBuffer) -> Void) {
        var bytes = ByteBuffer()
        write(&bytes)
        context?.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    func sendBytewise(_ write: (inout ByteBuffer) -> Void) {
        var bytes = ByteBuffer()
        write(&bytes)
        while let byte = bytes.readSlice(length: 1) { context?.writeAndFlush(wrapOutboundOut(byte), promise: nil) }
    }

    func greet(_ settings: [(PeerSettings.Name, UInt32)] = []) { send { $0.writeSettings(settings) } }

    /// - Parameter status: an entry of HPACK's static table, `:status: 200` or another.
    func reply(_ stream: UInt32, status: UInt8 = 0x88, body: [UInt8] = []) {
        openStreams.remove(stream)
        send { $0.writeReply(stream, status: status, body: body) }
    }

    func reset(_ stream: UInt32, _ code: ErrorCode) {
        openStreams.remove(stream)
        send { $0.writeResetStream(stream, code) }
    }

    func goAway(last: UInt32, _ code: ErrorCode = .noError) {
        send { bytes in
            bytes.writeFrameHeader(.goAway, stream: 0, length: 8)
            bytes.writeMultipleIntegers(last, code.rawValue)
        }
    }

    func close() { context?.close(promise: nil) }

    // MARK: What the channel tells

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        counters.open.add(1, ordering: .sequentiallyConsistent)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        counters.open.subtract(1, ordering: .sequentiallyConsistent)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted = event as? TLSUserEvent { script(self, .connected) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        inbound.writeBuffer(&bytes)
        let preface = min(prefaceLeft, inbound.readableBytes)
        inbound.moveReaderIndex(forwardBy: preface)
        prefaceLeft -= preface
        while let frame = try? inbound.readFrame(payloadLimit: 1 << 20) { receive(frame) }
    }

    private func receive(_ frame: Frame) {
        script(self, .frame(frame))
        switch frame.kind {
        case .headers:
            var block = frame.payload
            heads[frame.streamID] = try? decoder.decodeHeaders(from: &block)
            opened(frame.streamID)
        case .data: bodies[frame.streamID, default: []] += frame.payload.readableBytesView
        case .resetStream: openStreams.remove(frame.streamID)
        case .settings where !frame.flags.contains(.ack): send { $0.writeSettingsAcknowledgement() }
        default: break
        }
        guard [.headers, .data].contains(frame.kind), frame.flags.contains(.endStream), let headers = heads[frame.streamID] else { return }
        requests += 1
        script(self, .request(.init(stream: frame.streamID, headers: headers, body: bodies[frame.streamID] ?? [])))
    }

    private func opened(_ stream: UInt32) {
        openStreams.insert(stream)
        let count = openStreams.count
        counters.greatestOpenStreams.max(count, ordering: .sequentiallyConsistent)
    }
}

extension ByteBuffer {
    /// Headers of nothing but a status, and the body if there is one.
    mutating func writeReply(_ stream: UInt32, status: UInt8 = 0x88, body: [UInt8] = []) {
        writeFrameHeader(.headers, flags: body.isEmpty ? [.endHeaders, .endStream] : .endHeaders, stream: stream, length: 1)
        writeInteger(status)
        guard !body.isEmpty else { return }
        writeData(stream, body, flags: .endStream)
    }

    mutating func writeData(_ stream: UInt32, _ body: [UInt8], flags: Frame.Flags = []) {
        writeFrameHeader(.data, flags: flags, stream: stream, length: body.count)
        writeBytes(body)
    }

    mutating func writeHeaders(_ stream: UInt32, _ block: [UInt8], flags: Frame.Flags) {
        writeFrameHeader(.headers, flags: flags, stream: stream, length: block.count)
        writeBytes(block)
    }
}
