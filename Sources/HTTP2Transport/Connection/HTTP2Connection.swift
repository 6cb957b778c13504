import HTTPTransport
import NIOCore

/// The client's side of an HTTP/2 connection (RFC 9113) as a pure state machine: bytes, requests and the time go in, bytes and answers
/// come out in ``Actions``. It knows no sockets, no TLS and no clock.
///
/// One machine carries whole requests instead of streams of frames, which is why it is fast: a request is written as one HEADERS and
/// one DATA frame into a buffer it shares with all others of the turn, and its reply is kept as one record.
struct HTTP2Connection {
    /// What a turn brings: bytes to be written with one flush, and answers.
    struct Actions {
        var bytes = ByteBuffer()
        var answers: [Answer] = []
        /// Close when ``bytes`` are written.
        var closes = false
    }

    struct Answer {
        let ticket: Ticket
        let result: Result<TransportReply, StreamFailure>
    }

    enum Phase: Equatable {
        /// Our preface is sent; requests wait for the far side's SETTINGS, which say how many it takes. Becomes `open`, `closed`.
        case opening
        /// Becomes `draining`, `closed`.
        case open
        /// No new requests: GOAWAY was received, or the connection is too old. Becomes `closed` when the last reply is there.
        case draining
        case closed
    }

    struct Limits {
        var settings: HTTP2TransportSettings
        /// APNs: a single request until the first success.
        var startsWithOneStream = false
        /// When the connection is replaced.
        var retiresAt: ContinuousClock.Instant
    }

    let authority: String
    let limits: Limits
    var phase = Phase.opening
    var peer = PeerSettings()
    var requestEncoder: RequestHeaderEncoder
    var replyDecoder = ReplyHeaderDecoder()

    var streams: [UInt32: Stream] = [:]
    var nextStreamID: UInt32 = 1
    /// Streams with a body that no window has room for, in order.
    var blocked: [UInt32] = []
    var sendWindow = 65_535
    var receiveWindow = ReceiveWindow(size: ReceiveWindow.connectionSize)
    /// A request was answered with success.
    var isProven = false
    /// After REFUSED_STREAM: what the far side could carry then.
    var refusedAbove = Int.max

    /// Bytes that are not yet a whole frame.
    var inbound = ByteBuffer()
    /// A header block whose CONTINUATIONs are still to come.
    var partialHeaders: PartialHeaders?
    var liveness: Liveness
    /// Frames in a row that carry nothing for a request.
    var idleFrames = 0
    /// A lower bound of the deadlines of all streams.
    var earliestDeadline: ContinuousClock.Instant?

    init(authority: String, limits: Limits, now: ContinuousClock.Instant) {
        self.authority = authority
        self.limits = limits
        requestEncoder = RequestHeaderEncoder(indexesAuthorization: !limits.startsWithOneStream)
        liveness = Liveness(settings: limits.settings, now: now)
    }

    /// The client's preface (RFC 9113 §3.4), our settings, and room for the replies of many streams.
    mutating func start(_ actions: inout Actions) {
        actions.bytes.writeStaticString("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        actions.bytes.writeSettings([
            (.enablePush, 0), (.initialWindowSize, UInt32(ReceiveWindow.streamSize)),
            (.maxHeaderListSize, UInt32(ReplyHeaderDecoder.listLimitBytes)),
        ])
        actions.bytes.writeWindowUpdate(stream: 0, increment: ReceiveWindow.connectionSize - 65_535)
    }

    /// How many requests can be opened now.
    var availableStreams: Int {
        guard phase == .open, sendWindow > 0, !liveness.isSuspect, nextStreamID < Self.lastStreamID else { return 0 }
        let limit = limits.startsWithOneStream && !isProven ? 1 : peer.maxConcurrentStreams
        return max(0, min(limit, refusedAbove, Self.streamLimit) - streams.count)
    }

    /// What we open at once where the far side names no limit (RFC 9113 §6.5.2 recommends no less than 100).
    static let streamLimit = 1000
    /// Half of all there are (RFC 9113 §5.1.1), so that no batch runs into the end.
    static let lastStreamID: UInt32 = 0x4000_0000
}

/// Why a request got no reply.
struct StreamFailure: Error, Equatable {
    enum Kind: Equatable {
        /// The far side did nothing with it (RFC 9113 §8.7).
        case refused
        /// The far side wants it over HTTP/1.1.
        case needsHTTP1
        case timedOut
        case broken
        /// It can't be written as a request.
        case invalid
    }

    let kind: Kind
    let message: String

    init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    var transportError: TransportError {
        switch kind {
        case .refused, .needsHTTP1: TransportError(.refused, message)
        case .timedOut: TransportError(.timedOut, message)
        case .broken: TransportError(.broken, message)
        case .invalid: TransportError(.invalidURL, message)
        }
    }
}
