/// How a session ends: RFC 6455 §7.4 close code, and a sentence of at most 123 bytes.
public struct SessionClose: Sendable, Hashable {
    public var code: UInt16
    public var reason: String

    public init(code: UInt16, reason: String) {
        self.code = code
        self.reason = SessionClose.fitting(reason)
    }

    static let serverStopping = SessionClose(code: 1001, reason: "the server stops, connect again")
    static let replaced = SessionClose(code: 4001, reason: "replaced by a newer connection of the same user agent")
    static let storeFailed = SessionClose(code: 1013, reason: "the store doesn't answer, connect again later")
    static let helloTimedOut = protocolFault("no hello in time")
    static let pingsTooOften = protocolFault("pings come too often")

    /// The peer doesn't keep to the protocol; 1011 is what user agents of this protocol are used to.
    static func protocolFault(_ reason: String) -> SessionClose { SessionClose(code: 1011, reason: reason) }

    static func frameTooLarge(limitBytes: Int) -> SessionClose {
        SessionClose(code: 1009, reason: "a frame may have at most \(limitBytes) bytes")
    }

    /// A control frame has room for 125 bytes, two of which are the code (RFC 6455 §5.5).
    private static func fitting(_ reason: String) -> String {
        var reason = reason
        while reason.utf8.count > 123 { reason.removeLast() }
        return reason
    }
}
