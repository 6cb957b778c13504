import NIOCore

extension HTTP2Connection {
    mutating func receive(_ bytes: inout ByteBuffer, now: ContinuousClock.Instant, _ actions: inout Actions) {
        guard phase != .closed else { return }
        liveness.received(now: now)
        if inbound.readableBytes == 0 {
            inbound = bytes
        } else {
            // What is left is less than a frame; what was read before it must not pile up.
            inbound.discardReadBytes()
            inbound.writeBuffer(&bytes)
        }
        do throws(ConnectionFault) {
            while phase != .closed, let frame = try inbound.readFrame(payloadLimit: 16_384) { try receive(frame, now, &actions) }
        } catch {
            fail(error, &actions)
        }
        if streams.isEmpty { becameIdle(now: now, &actions) }
    }

    private mutating func receive(_ frame: Frame, _ now: ContinuousClock.Instant, _ actions: inout Actions) throws(ConnectionFault) {
        guard phase != .opening || frame.kind == .settings && !frame.flags.contains(.ack) else {
            throw ConnectionFault(.protocolError, "the first frame is not SETTINGS")
        }
        guard partialHeaders == nil || frame.kind == .continuation else {
            throw ConnectionFault(.protocolError, "a header block that isn't continued")
        }
        switch frame.kind {
        case .data: try receiveData(frame, &actions)
        case .headers: try receiveHeaders(frame, &actions)
        case .continuation: try receiveContinuation(frame, &actions)
        case .resetStream: try receiveReset(frame, &actions)
        case .settings: try receiveSettings(frame, &actions)
        case .ping: try receivePing(frame, &actions)
        case .goAway: try receiveGoAway(frame, &actions)
        case .windowUpdate: try receiveWindowUpdate(frame, &actions)
        case .pushPromise: throw ConnectionFault(.protocolError, "a push, which our settings forbid")
        case .priority: try receivePriority(frame)
        default: try countIdleFrame()
        }
    }

    /// A far side that sends frames for nobody without end keeps us from work (RFC 9113 §10.5).
    mutating func countIdleFrame() throws(ConnectionFault) {
        idleFrames += 1
        guard idleFrames <= Self.idleFrameLimit else { throw ConnectionFault(.enhanceYourCalm, "a flood of control frames") }
    }

    static let idleFrameLimit = 10_000

    /// Streams are ours, with odd numbers, and none that we haven't opened can have frames (RFC 9113 §5.1, §5.1.1).
    func checkIsOurs(_ id: UInt32) throws(ConnectionFault) {
        guard id % 2 == 1, id < nextStreamID else {
            throw ConnectionFault(.protocolError, "a frame on stream \(id), which was never opened")
        }
    }

    private func receivePriority(_ frame: Frame) throws(ConnectionFault) {
        guard frame.streamID != 0 else { throw ConnectionFault(.protocolError, "PRIORITY without a stream") }
        guard frame.payload.readableBytes == 5 else { throw ConnectionFault(.frameSizeError, "PRIORITY of a wrong size") }
    }
}
