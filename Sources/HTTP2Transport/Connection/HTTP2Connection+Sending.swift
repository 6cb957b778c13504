import HTTPTransport
import NIOCore

extension HTTP2Connection {
    /// Opens a stream and writes as much of the request as the windows allow. Only as often as ``availableStreams`` says.
    mutating func open(_ ticket: Ticket, now: ContinuousClock.Instant, _ actions: inout Actions) {
        let request = ticket.request
        let id = nextStreamID
        var stream = Stream(
            ticket: ticket, sendWindow: peer.initialWindowSize, bodyLength: request.body.count, bodyLimit: request.replyLimitBytes)
        do throws(InvalidHeader) {
            try writeHeaders(of: request, pathFrom: Int(ticket.originLength), stream: id, &actions.bytes)
        } catch {
            let failure = StreamFailure(.invalid, "the header \(error.name) holds characters that are not allowed")
            return actions.answers.append(Answer(ticket: ticket, result: .failure(failure)))
        }
        nextStreamID += 2
        if !stream.isSent { writeBody(request.body, of: &stream, id, &actions.bytes) }
        if !stream.isSent { blocked.append(id) }
        streams[id] = stream
        earliestDeadline = min(earliestDeadline ?? ticket.batch.deadline, ticket.batch.deadline)
        liveness.setBusy(true, now: now)
    }

    /// HEADERS, and CONTINUATIONs where they don't fit into a frame (RFC 9113 §6.2, §6.10).
    private mutating func writeHeaders(
        of request: TransportRequest, pathFrom originLength: Int, stream: UInt32, _ bytes: inout ByteBuffer
    ) throws(InvalidHeader) {
        let start = bytes.writerIndex
        bytes.writeFrameHeader(.headers, flags: [], stream: stream, length: 0)
        do throws(InvalidHeader) {
            try requestEncoder.write(request, authority: authority, originLength: originLength, to: &bytes)
        } catch {
            bytes.moveWriterIndex(to: start)
            throw error
        }
        let length = bytes.writerIndex - start - Frame.headerLength
        let end: Frame.Flags = request.body.isEmpty ? [.endStream] : []
        guard length > peer.maxFrameSize else {
            bytes.setInteger(UInt32(length) << 8 | UInt32(Frame.Kind.headers.rawValue), at: start)
            bytes.setInteger(end.union(.endHeaders).rawValue, at: start + 4)
            return
        }
        splitHeaders(from: start, flags: end, stream: stream, &bytes)
    }

    private func splitHeaders(from start: Int, flags: Frame.Flags, stream: UInt32, _ bytes: inout ByteBuffer) {
        let block = bytes.getBytes(at: start + Frame.headerLength, length: bytes.writerIndex - start - Frame.headerLength) ?? []
        bytes.moveWriterIndex(to: start)
        for from in Swift.stride(from: 0, to: block.count, by: peer.maxFrameSize) {
            let part = block[from..<min(from + peer.maxFrameSize, block.count)]
            let end: Frame.Flags = part.endIndex == block.count ? [.endHeaders] : []
            bytes.writeFrameHeader(
                from == 0 ? .headers : .continuation, flags: from == 0 ? flags.union(end) : end, stream: stream, length: part.count)
            bytes.writeBytes(part)
        }
    }

    /// DATA, as much as stream and connection windows allow (RFC 9113 §6.9).
    private mutating func writeBody(_ body: [UInt8], of stream: inout Stream, _ id: UInt32, _ bytes: inout ByteBuffer) {
        while !stream.isSent {
            let length = min(stream.bodyLength - stream.bodySent, peer.maxFrameSize, stream.sendWindow, sendWindow)
            guard length > 0 else { return }
            let end = stream.bodySent + length
            bytes.writeFrameHeader(.data, flags: end == body.count ? .endStream : [], stream: id, length: length)
            if length == body.count { bytes.writeBytes(body) } else { bytes.writeBytes(body[stream.bodySent..<end]) }
            stream.bodySent = end
            stream.sendWindow -= length
            sendWindow -= length
        }
    }

    /// Goes on with bodies that waited for a window.
    mutating func writeBlocked(_ actions: inout Actions) {
        guard !blocked.isEmpty else { return }
        let ids = blocked
        blocked.removeAll(keepingCapacity: true)
        for id in ids {
            guard var stream = streams[id] else { continue }
            writeBody(stream.ticket.request.body, of: &stream, id, &actions.bytes)
            if !stream.isSent { blocked.append(id) }
            streams[id] = stream
        }
    }
}
