/// Why a stream or a connection ended (RFC 9113 §7).
struct ErrorCode: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    let rawValue: UInt32

    static let noError = ErrorCode(rawValue: 0x0)
    static let protocolError = ErrorCode(rawValue: 0x1)
    static let internalError = ErrorCode(rawValue: 0x2)
    static let flowControlError = ErrorCode(rawValue: 0x3)
    static let settingsTimeout = ErrorCode(rawValue: 0x4)
    static let streamClosed = ErrorCode(rawValue: 0x5)
    static let frameSizeError = ErrorCode(rawValue: 0x6)
    static let refusedStream = ErrorCode(rawValue: 0x7)
    static let cancel = ErrorCode(rawValue: 0x8)
    static let compressionError = ErrorCode(rawValue: 0x9)
    static let connectError = ErrorCode(rawValue: 0xA)
    static let enhanceYourCalm = ErrorCode(rawValue: 0xB)
    static let inadequateSecurity = ErrorCode(rawValue: 0xC)
    static let http11Required = ErrorCode(rawValue: 0xD)

    private static let names = [
        "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED", "FRAME_SIZE_ERROR",
        "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM", "INADEQUATE_SECURITY",
        "HTTP_1_1_REQUIRED",
    ]

    var description: String { rawValue < Self.names.count ? Self.names[Int(rawValue)] : "error \(rawValue)" }
}

/// The far side broke the protocol so that the whole connection has to end (RFC 9113 §5.4.1).
struct ConnectionFault: Error {
    let code: ErrorCode
    let reason: String

    init(_ code: ErrorCode, _ reason: String) {
        self.code = code
        self.reason = reason
    }
}
