import NIOCore

extension HTTP2Connection {
    /// RFC 9113 §6.5.
    mutating func receiveSettings(_ frame: Frame, _ actions: inout Actions) throws(ConnectionFault) {
        guard frame.streamID == 0 else { throw ConnectionFault(.protocolError, "SETTINGS on a stream") }
        try countIdleFrame()
        guard !frame.flags.contains(.ack) else {
            guard frame.payload.readableBytes == 0 else { throw ConnectionFault(.frameSizeError, "an acknowledgement with a payload") }
            return
        }
        let before = peer
        try peer.update(from: frame.payload)
        requestEncoder.setTableSize(peer.headerTableSize)
        try moveWindows(by: peer.initialWindowSize - before.initialWindowSize)
        if phase == .opening { phase = .open }
        actions.bytes.writeSettingsAcknowledgement()
        writeBlocked(&actions)
    }

    /// A new initial window changes that of every open stream, which may become negative (RFC 9113 §6.9.2).
    private mutating func moveWindows(by difference: Int) throws(ConnectionFault) {
        guard difference != 0 else { return }
        for id in streams.keys {
            let window = (streams[id]?.sendWindow ?? 0) + difference
            guard window <= PeerSettings.greatestWindow else { throw ConnectionFault(.flowControlError, "a window that is too large") }
            streams[id]?.sendWindow = window
        }
    }

    /// RFC 9113 §6.7.
    mutating func receivePing(_ frame: Frame, _ actions: inout Actions) throws(ConnectionFault) {
        guard frame.streamID == 0 else { throw ConnectionFault(.protocolError, "PING on a stream") }
        guard frame.payload.readableBytes == 8, let opaque = frame.payload.getInteger(at: frame.payload.readerIndex, as: UInt64.self) else {
            throw ConnectionFault(.frameSizeError, "PING of a wrong size")
        }
        try countIdleFrame()
        if !frame.flags.contains(.ack) { actions.bytes.writePing(opaque, isAnswer: true) }
    }

    /// RFC 9113 §6.9.
    mutating func receiveWindowUpdate(_ frame: Frame, _ actions: inout Actions) throws(ConnectionFault) {
        guard frame.payload.readableBytes == 4, let value = frame.payload.getInteger(at: frame.payload.readerIndex, as: UInt32.self) else {
            throw ConnectionFault(.frameSizeError, "WINDOW_UPDATE of a wrong size")
        }
        let increment = Int(value & 0x7FFF_FFFF)
        if frame.streamID == 0 { try widen(by: increment) } else { try widen(frame.streamID, by: increment, &actions) }
        writeBlocked(&actions)
    }

    private mutating func widen(by increment: Int) throws(ConnectionFault) {
        guard increment > 0 else { throw ConnectionFault(.protocolError, "a WINDOW_UPDATE of nothing") }
        sendWindow += increment
        guard sendWindow <= PeerSettings.greatestWindow else { throw ConnectionFault(.flowControlError, "a window that is too large") }
    }

    /// What is wrong with a stream's window ends the stream alone.
    private mutating func widen(_ id: UInt32, by increment: Int, _ actions: inout Actions) throws(ConnectionFault) {
        try checkIsOurs(id)
        guard let window = streams[id]?.sendWindow else { return try countIdleFrame() }
        streams[id]?.sendWindow = window + increment
        guard increment == 0 || window + increment > PeerSettings.greatestWindow else { return }
        actions.bytes.writeResetStream(id, increment == 0 ? .protocolError : .flowControlError)
        end(id, .failure(StreamFailure(.broken, "the far side sent a WINDOW_UPDATE that can't be")), &actions)
    }

    /// RFC 9113 §6.8. What lies above the last stream was not looked at; the rest is still answered.
    mutating func receiveGoAway(_ frame: Frame, _ actions: inout Actions) throws(ConnectionFault) {
        guard frame.streamID == 0 else { throw ConnectionFault(.protocolError, "GOAWAY on a stream") }
        var payload = frame.payload
        guard let (last, value) = payload.readMultipleIntegers(as: (UInt32, UInt32).self) else {
            throw ConnectionFault(.frameSizeError, "GOAWAY of a wrong size")
        }
        if phase == .open { phase = .draining }
        let code = ErrorCode(rawValue: value)
        let reason = "the far side closes the connection (\(code)\(Self.readable(payload)))"
        for id in streams.keys.filter({ $0 > last & 0x7FFF_FFFF }).sorted() {
            end(id, .failure(StreamFailure(code == .http11Required ? .needsHTTP1 : .refused, reason)), &actions)
        }
    }

    /// The debug data, which with APNs is a small JSON object that says why.
    private static func readable(_ data: ByteBuffer) -> String {
        let text = data.readableBytesView.prefix(200).filter { (0x20..<0x7F).contains($0) }
        return text.isEmpty ? "" : ": " + String(decoding: text, as: UTF8.self)
    }
}
