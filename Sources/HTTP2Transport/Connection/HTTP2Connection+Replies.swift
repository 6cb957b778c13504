import HTTPTransport
import NIOCore

extension HTTP2Connection {
    /// RFC 9113 §6.2.
    mutating func receiveHeaders(_ frame: Frame, _ actions: inout Actions) throws(ConnectionFault) {
        var frame = frame
        try checkIsOurs(frame.streamID)
        try frame.removePadding()
        if frame.flags.contains(.priority), frame.payload.readSlice(length: 5) == nil {
            throw ConnectionFault(.frameSizeError, "HEADERS too short for their priority")
        }
        let endsStream = frame.flags.contains(.endStream)
        if frame.flags.contains(.endHeaders) {
            try receiveBlock(&frame.payload, frame.streamID, endsStream: endsStream, &actions)
        } else {
            partialHeaders = PartialHeaders(streamID: frame.streamID, endsStream: endsStream, block: Array(buffer: frame.payload))
        }
    }

    /// RFC 9113 §6.10.
    mutating func receiveContinuation(_ frame: Frame, _ actions: inout Actions) throws(ConnectionFault) {
        guard var partial = partialHeaders, partial.streamID == frame.streamID else {
            throw ConnectionFault(.protocolError, "a CONTINUATION of nothing")
        }
        partial.block += frame.payload.readableBytesView
        partial.frames += 1
        guard partial.block.count <= PartialHeaders.limitBytes, partial.frames <= PartialHeaders.limitFrames else {
            throw ConnectionFault(.enhanceYourCalm, "headers without end")
        }
        partialHeaders = frame.flags.contains(.endHeaders) ? nil : partial
        guard frame.flags.contains(.endHeaders) else { return }
        var block = ByteBuffer(bytes: partial.block)
        try receiveBlock(&block, partial.streamID, endsStream: partial.endsStream, &actions)
    }

    /// Interim headers, final headers or trailers (RFC 9113 §8.1). They are decompressed even if their stream is gone.
    private mutating func receiveBlock(
        _ block: inout ByteBuffer, _ id: UInt32, endsStream: Bool, _ actions: inout Actions
    ) throws(ConnectionFault) {
        let head = try replyDecoder.decode(&block)
        guard let index = streams.index(forKey: id) else { return try countIdleFrame() }
        guard let head else { return reset(id, "its headers are malformed", &actions) }
        guard streams.values[index].status == 0 else {
            // Trailers say nothing that we need.
            guard head.status == nil, endsStream else { return reset(id, "its trailers are malformed", &actions) }
            return finish(id, &actions)
        }
        guard let status = head.status, status >= 200 || !endsStream, status != 101 else {
            return reset(id, "its headers are malformed", &actions)
        }
        guard status >= 200 else { return try countIdleFrame() }
        idleFrames = 0
        streams.values[index].status = status
        streams.values[index].headers = head.headers
        if endsStream { finish(id, &actions) }
    }

    /// RFC 9113 §6.1. Padding counts against the windows too.
    mutating func receiveData(_ frame: Frame, _ actions: inout Actions) throws(ConnectionFault) {
        var frame = frame
        try checkIsOurs(frame.streamID)
        let length = frame.payload.readableBytes
        let credit = try receiveWindow.take(length)
        if credit > 0 { actions.bytes.writeWindowUpdate(stream: 0, increment: credit) }
        try frame.removePadding()
        guard let index = streams.index(forKey: frame.streamID) else { return try countIdleFrame() }
        if frame.payload.readableBytes > 0 { idleFrames = 0 } else { try countIdleFrame() }
        guard streams.values[index].status != 0 else { return reset(frame.streamID, "its body came before its headers", &actions) }
        let isCut = keep(frame.payload, of: index)
        if frame.flags.contains(.endStream) { return finish(frame.streamID, &actions) }
        guard !isCut else {
            actions.bytes.writeResetStream(frame.streamID, .cancel)
            return finish(frame.streamID, &actions)
        }
        let streamCredit = try streams.values[index].receiveWindow.take(length)
        if streamCredit > 0 { actions.bytes.writeWindowUpdate(stream: frame.streamID, increment: streamCredit) }
    }

    /// - Returns: whether so much more than the limit has come that the rest isn't waited for.
    private mutating func keep(_ payload: ByteBuffer, of index: Dictionary<UInt32, Stream>.Index) -> Bool {
        let kept = min(payload.readableBytes, streams.values[index].bodyLimit - streams.values[index].body.count)
        if kept > 0 { streams.values[index].body += payload.readableBytesView.prefix(kept) }
        streams.values[index].discarded += payload.readableBytes - max(0, kept)
        return streams.values[index].discarded > limits.settings.discardLimitBytes
    }

    /// RFC 9113 §6.4.
    mutating func receiveReset(_ frame: Frame, _ actions: inout Actions) throws(ConnectionFault) {
        try checkIsOurs(frame.streamID)
        guard frame.payload.readableBytes == 4, let value = frame.payload.getInteger(at: frame.payload.readerIndex, as: UInt32.self) else {
            throw ConnectionFault(.frameSizeError, "RST_STREAM of a wrong size")
        }
        guard let stream = streams[frame.streamID] else { return try countIdleFrame() }
        let code = ErrorCode(rawValue: value)
        switch code {
        case .refusedStream where stream.status == 0:
            refusedAbove = max(1, streams.count - 1)
            end(frame.streamID, .failure(StreamFailure(.refused, "the far side refused the request")), &actions)
        case .http11Required:
            end(frame.streamID, .failure(StreamFailure(.needsHTTP1, "the far side wants HTTP/1.1")), &actions)
        default:
            end(frame.streamID, .failure(StreamFailure(.broken, "the far side gave the request up (\(code))")), &actions)
        }
    }

    /// The reply is complete.
    private mutating func finish(_ id: UInt32, _ actions: inout Actions) {
        guard let stream = streams[id] else { return }
        // A server may answer before it has read the whole request (RFC 9113 §8.1); the rest need not be sent.
        if !stream.isSent { actions.bytes.writeResetStream(id, .cancel) }
        if (200..<300).contains(stream.status) { isProven = true }
        if refusedAbove < Self.streamLimit { refusedAbove += 1 }
        end(id, .success(TransportReply(status: stream.status, headers: stream.headers, body: stream.body)), &actions)
    }

    /// A malformed reply ends its stream alone (RFC 9113 §8.1.1).
    private mutating func reset(_ id: UInt32, _ reason: String, _ actions: inout Actions) {
        actions.bytes.writeResetStream(id, .protocolError)
        end(id, .failure(StreamFailure(.broken, "the far side's reply can't be read: \(reason)")), &actions)
    }

    mutating func end(_ id: UInt32, _ result: Result<TransportReply, StreamFailure>, _ actions: inout Actions) {
        guard let stream = streams.removeValue(forKey: id) else { return }
        if !stream.isSent { blocked.removeAll { $0 == id } }
        actions.answers.append(Answer(ticket: stream.ticket, result: result))
    }
}
