import NIOCore

extension ByteBuffer {
    /// RFC 9113 §6.4.
    mutating func writeResetStream(_ stream: UInt32, _ code: ErrorCode) {
        writeFrameHeader(.resetStream, stream: stream, length: 4)
        writeInteger(code.rawValue)
    }

    /// RFC 9113 §6.5.
    mutating func writeSettings(_ settings: [(PeerSettings.Name, UInt32)]) {
        writeFrameHeader(.settings, stream: 0, length: settings.count * 6)
        for (name, value) in settings { writeMultipleIntegers(name.rawValue, value) }
    }

    mutating func writeSettingsAcknowledgement() { writeFrameHeader(.settings, flags: .ack, stream: 0, length: 0) }

    /// RFC 9113 §6.7.
    mutating func writePing(_ opaque: UInt64, isAnswer: Bool) {
        writeFrameHeader(.ping, flags: isAnswer ? .ack : [], stream: 0, length: 8)
        writeInteger(opaque)
    }

    /// RFC 9113 §6.8. The far side opens no streams with us, so the last of them is always 0.
    mutating func writeGoAway(_ code: ErrorCode) {
        writeFrameHeader(.goAway, stream: 0, length: 8)
        writeMultipleIntegers(UInt32(0), code.rawValue)
    }

    /// RFC 9113 §6.9.
    mutating func writeWindowUpdate(stream: UInt32, increment: Int) {
        writeFrameHeader(.windowUpdate, stream: stream, length: 4)
        writeInteger(UInt32(increment))
    }
}
