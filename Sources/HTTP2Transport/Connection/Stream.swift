/// A request whose reply isn't complete (RFC 9113 §5.1: open, or half-closed on our side).
struct Stream {
    let ticket: Ticket
    var sendWindow: Int
    /// How much of the request's body is written.
    var bodySent = 0
    var bodyLength: Int
    /// 0 until the reply's final headers are there.
    var status = 0
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []
    let bodyLimit: Int
    /// Bytes of the reply's body beyond the limit.
    var discarded = 0
    var receiveWindow = ReceiveWindow(size: ReceiveWindow.streamSize)

    var isSent: Bool { bodySent == bodyLength }
}

/// What the far side may still send (RFC 9113 §6.9), given back in halves so that a reply costs no frame of its own.
struct ReceiveWindow {
    static let streamSize = 1 << 20
    static let connectionSize = 1 << 24

    let size: Int
    private var taken = 0

    init(size: Int) { self.size = size }

    /// - Returns: how much to give back now, 0 for nothing.
    mutating func take(_ bytes: Int) throws(ConnectionFault) -> Int {
        taken += bytes
        guard taken <= size else { throw ConnectionFault(.flowControlError, "more DATA than the window allows") }
        guard taken > size / 2 else { return 0 }
        defer { taken = 0 }
        return taken
    }
}

/// HEADERS without END_HEADERS: nothing but its CONTINUATIONs may come now (RFC 9113 §6.10).
struct PartialHeaders {
    /// Enough for every block within the limit of the list; a flood of CONTINUATIONs ends here.
    static let limitBytes = 32_768
    static let limitFrames = 16

    let streamID: UInt32
    let endsStream: Bool
    var block: [UInt8]
    var frames = 1
}
