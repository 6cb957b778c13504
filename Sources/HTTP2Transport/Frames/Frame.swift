import NIOCore

/// A frame as it came: its header (RFC 9113 §4.1) and its payload.
struct Frame {
    static let headerLength = 9

    let kind: Kind
    let flags: Flags
    let streamID: UInt32
    var payload: ByteBuffer

    /// RFC 9113 §6. Kinds that aren't named here are ignored, as §4.1 demands.
    struct Kind: RawRepresentable, Hashable {
        let rawValue: UInt8

        static let data = Kind(rawValue: 0x0)
        static let headers = Kind(rawValue: 0x1)
        static let priority = Kind(rawValue: 0x2)
        static let resetStream = Kind(rawValue: 0x3)
        static let settings = Kind(rawValue: 0x4)
        static let pushPromise = Kind(rawValue: 0x5)
        static let ping = Kind(rawValue: 0x6)
        static let goAway = Kind(rawValue: 0x7)
        static let windowUpdate = Kind(rawValue: 0x8)
        static let continuation = Kind(rawValue: 0x9)
    }

    struct Flags: OptionSet {
        let rawValue: UInt8

        /// On SETTINGS and PING.
        static let ack = Flags(rawValue: 0x1)
        /// On DATA and HEADERS.
        static let endStream = Flags(rawValue: 0x1)
        static let endHeaders = Flags(rawValue: 0x4)
        static let padded = Flags(rawValue: 0x8)
        static let priority = Flags(rawValue: 0x20)
    }

    /// Takes the padding off DATA and HEADERS (RFC 9113 §6.1).
    mutating func removePadding() throws(ConnectionFault) {
        guard flags.contains(.padded) else { return }
        guard let padding = payload.readInteger(as: UInt8.self), Int(padding) <= payload.readableBytes else {
            throw ConnectionFault(.protocolError, "padding is longer than its frame")
        }
        payload.moveWriterIndex(to: payload.writerIndex - Int(padding))
    }
}

extension ByteBuffer {
    /// The next frame, or nil where it isn't complete yet.
    mutating func readFrame(payloadLimit: Int) throws(ConnectionFault) -> Frame? {
        guard let (lengthAndKind, flags, stream) = peekFrameHeader() else { return nil }
        let length = Int(lengthAndKind >> 8)
        guard length <= payloadLimit else { throw ConnectionFault(.frameSizeError, "a frame of \(length) bytes") }
        guard readableBytes >= Frame.headerLength + length else { return nil }
        moveReaderIndex(forwardBy: Frame.headerLength)
        guard let payload = readSlice(length: length) else { return nil }
        return Frame(
            kind: .init(rawValue: UInt8(truncatingIfNeeded: lengthAndKind)), flags: .init(rawValue: flags),
            streamID: stream & 0x7FFF_FFFF, payload: payload)
    }

    private func peekFrameHeader() -> (lengthAndKind: UInt32, flags: UInt8, stream: UInt32)? {
        peekMultipleIntegers(as: (UInt32, UInt8, UInt32).self)
    }

    mutating func writeFrameHeader(_ kind: Frame.Kind, flags: Frame.Flags = [], stream: UInt32, length: Int) {
        writeMultipleIntegers(UInt32(truncatingIfNeeded: length) << 8 | UInt32(kind.rawValue), flags.rawValue, stream)
    }
}
