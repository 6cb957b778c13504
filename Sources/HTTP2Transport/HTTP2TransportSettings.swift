/// How connections are kept. Each duration is bounded by the deadline of the requests that it concerns.
public struct HTTP2TransportSettings: Sendable {
    /// Connections to one origin for one ``HTTPTransport/ConnectionGroup``, at most. Opened as the streams of those there are get used up.
    public var connectionsPerOrigin = 4
    /// From the look-up of the name until the far side's SETTINGS have come.
    public var connectTimeout: Duration = .seconds(10)
    /// Silence on a connection without requests after which a PING asks whether it is still there.
    public var idlePingInterval: Duration = .seconds(30)
    /// Silence on a connection with requests after which a PING asks the same.
    public var replyOverdueAfter: Duration = .seconds(4)
    /// Silence after a PING that ends the connection.
    public var pingTimeout: Duration = .seconds(6)
    /// Age at which a connection takes no further requests and is replaced; each connection lives up to a tenth shorter or longer.
    public var maximumAge: Duration = .seconds(3600)
    /// A connection that had no requests for so long is closed. Apple takes frequent closing and opening for an attack: keep it long.
    public var idleTimeout: Duration = .seconds(900)
    /// The pause after a failed connect, in which requests fail at once. Doubles with each failure.
    public var connectBackoff: Duration = .milliseconds(100)
    public var connectBackoffLimit: Duration = .seconds(30)
    /// For how long an origin without HTTP/2 is remembered as such.
    public var http1Memory: Duration = .seconds(600)
    /// What is read of a reply beyond `replyLimitBytes` for the sake of its end, before its stream is cut off.
    public var discardLimitBytes = 262_144
    /// PEM files of authorities to be trusted beside the system's.
    public var trustRootsPEM: [String] = []

    public init() {}
}
