import NIOCore

/// What the far side allows (RFC 9113 §6.5.2), with the defaults that hold until it says otherwise.
struct PeerSettings: Equatable {
    struct Name: RawRepresentable, Hashable {
        let rawValue: UInt16

        static let headerTableSize = Name(rawValue: 0x1)
        static let enablePush = Name(rawValue: 0x2)
        static let maxConcurrentStreams = Name(rawValue: 0x3)
        static let initialWindowSize = Name(rawValue: 0x4)
        static let maxFrameSize = Name(rawValue: 0x5)
        static let maxHeaderListSize = Name(rawValue: 0x6)
    }

    /// The greatest window there can be (RFC 9113 §6.9.1).
    static let greatestWindow = 0x7FFF_FFFF

    var headerTableSize = 4096
    var maxConcurrentStreams = Int.max
    var initialWindowSize = 65_535
    var maxFrameSize = 16_384

    /// Reads the settings of one frame, in order.
    mutating func update(from payload: ByteBuffer) throws(ConnectionFault) {
        guard payload.readableBytes % 6 == 0 else { throw ConnectionFault(.frameSizeError, "SETTINGS of an odd length") }
        var payload = payload
        while let (name, value) = payload.readMultipleIntegers(as: (UInt16, UInt32).self) {
            try set(Name(rawValue: name), Int(value))
        }
    }

    private mutating func set(_ name: Name, _ value: Int) throws(ConnectionFault) {
        switch name {
        case .headerTableSize: headerTableSize = value
        case .maxConcurrentStreams: maxConcurrentStreams = value
        case .enablePush:
            guard value == 0 else { throw ConnectionFault(.protocolError, "a server that enables push") }
        case .initialWindowSize:
            guard value <= Self.greatestWindow else { throw ConnectionFault(.flowControlError, "an initial window of \(value) bytes") }
            initialWindowSize = value
        case .maxFrameSize:
            guard (16_384...16_777_215).contains(value) else { throw ConnectionFault(.protocolError, "frames of \(value) bytes") }
            maxFrameSize = value
        // The size of header lists is advice (RFC 9113 §10.5.1), and ours are small; what else there may be is ignored (§6.5.2).
        default: break
        }
    }
}
