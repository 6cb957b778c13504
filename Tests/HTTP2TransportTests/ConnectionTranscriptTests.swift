import HTTPTransport
import NIOCore
import Testing

@testable import HTTP2Transport

/// The state machine frame by frame: what comes in, what goes out. No sockets, and the clock is an argument.
@Suite struct ConnectionTranscriptTests {
    @Test func itOpensWithThePrefaceAndWaitsForSettings() throws {
        var far = FarSide(greets: false)
        #expect(far.sent.map(\.kind) == [.settings, .windowUpdate])
        #expect(far.connection.availableStreams == 0)
        far.receive { $0.writeSettings([(.maxConcurrentStreams, 7)]) }
        #expect(far.sent.map(\.kind) == [.settings])
        #expect(far.sent[0].flags == .ack)
        #expect(far.connection.availableStreams == 7)
    }

    @Test func aRequestIsHeadersAndDataAndItsReplyAnAnswer() throws {
        var far = FarSide()
        far.open()
        #expect(far.sent.map(\.kind) == [.headers, .data])
        #expect(far.sent[0].flags == .endHeaders)
        #expect(far.sent[1].flags == .endStream)
        far.receive { $0.writeReply(1, body: [1, 2]) }
        #expect(try far.answer().get().body == [1, 2])
        #expect(far.sent.isEmpty)
    }

    @Test func aRequestWithoutBodyIsHeadersAlone() {
        var far = FarSide()
        far.open(body: 0)
        #expect(far.sent.map(\.flags) == [[.endHeaders, .endStream]])
    }

    @Test func headersLongerThanAFrameAreContinued() {
        var far = FarSide()
        far.open(header: String(repeating: "x", count: 40_000))
        #expect(far.sent.map(\.kind) == [.headers, .continuation, .continuation, .data])
        #expect(far.sent.map(\.flags) == [[], [], .endHeaders, .endStream])
        #expect(far.sent[0].payload.readableBytes == 16_384)
    }

    @Test func paddingIsTakenOffAndCountedInTheWindow() throws {
        var far = FarSide()
        far.open()
        far.receive { bytes in
            bytes.writeHeaders(1, [2, 0x88, 0, 0], flags: [.endHeaders, .padded])
            bytes.writeData(1, [3, 7, 8, 0, 0, 0], flags: [.endStream, .padded])
        }
        #expect(try far.answer().get().body == [7, 8])
    }

    @Test func interimHeadersAreNotTheReply() throws {
        var far = FarSide()
        far.open()
        // A literal `:status: 103`, without indexing.
        far.receive { $0.writeHeaders(1, [0x08, 3] + Array("103".utf8), flags: .endHeaders) }
        #expect(far.answers.isEmpty)
        far.receive { $0.writeReply(1) }
        #expect(try far.answer().get().status == 200)
    }

    @Test func trailersEndAReply() throws {
        var far = FarSide()
        far.open()
        far.receive { bytes in
            bytes.writeHeaders(1, [0x88], flags: .endHeaders)
            bytes.writeData(1, [5])
            bytes.writeHeaders(1, [0x00, 1, 0x61, 1, 0x62], flags: [.endHeaders, .endStream])
        }
        let reply = try far.answer().get()
        #expect(reply.body == [5])
        #expect(reply.headers.isEmpty)
    }

    @Test func aReplyMayComeInContinuations() throws {
        var far = FarSide()
        far.open()
        far.receive { bytes in
            bytes.writeHeaders(1, [0x88, 0x00], flags: .endStream)
            bytes.writeFrameHeader(.continuation, flags: .endHeaders, stream: 1, length: 4)
            bytes.writeBytes([1, 0x61, 1, 0x62])
        }
        let reply = try far.answer().get()
        #expect(reply.header("a") == "b")
    }

    /// The same block again takes the short way; one that fills the table in between must not confuse it.
    @Test func repeatedReplyHeadersAreReadAsWhatTheyMeanNow() throws {
        var far = FarSide()
        for (block, expected) in [
            ([0x88, 0x40, 1, 0x61, 1, 0x62], ["a": "b"]), ([0x88, 0xBE], ["a": "b"]), ([0x88, 0xBE], ["a": "b"]),
            ([0x88, 0x40, 1, 0x63, 1, 0x64], ["c": "d"]), ([0x88, 0xBE], ["c": "d"]), ([0x88, 0xBF], ["a": "b"]),
        ] as [([UInt8], [String: String])] {
            far.open()
            let stream = far.connection.nextStreamID - 2
            far.receive { $0.writeHeaders(stream, block, flags: [.endHeaders, .endStream]) }
            let headers = try far.answer().get().headers
            #expect(Dictionary(uniqueKeysWithValues: headers.map { ($0.name, $0.value) }) == expected)
        }
    }

    @Test(arguments: [
        [], [0x00, 1, 0x61, 1, 0x62], [0x88, 0x88], [0x00, 1, 0x61, 1, 0x62, 0x88], [0x88, 0x00, 1, 0x41, 1, 0x62],
        [0x08, 3, 0x78, 0x30, 0x30], [0x88, 0x00, 10] + Array("connection".utf8) + [1, 0x62],
    ] as [[UInt8]])
    func malformedHeadersEndTheirStreamAlone(_ block: [UInt8]) {
        var far = FarSide()
        far.open()
        far.open()
        far.receive { $0.writeHeaders(1, block, flags: [.endHeaders, .endStream]) }
        #expect(far.failure() == .broken)
        #expect(far.sent.map(\.kind) == [.resetStream])
        #expect(far.connection.phase == .open)
    }

    @Test func settingsAreAcknowledgedAndMoveTheWindowsOfOpenStreams() {
        var far = FarSide([(.initialWindowSize, 10)])
        far.open(body: 30)
        #expect(far.sent.map(\.payload.readableBytes).last == 10)
        #expect(far.connection.availableStreams > 0, "others have windows of their own")
        far.receive { $0.writeSettings([(.initialWindowSize, 25)]) }
        #expect(far.sent.map(\.kind) == [.settings, .data])
        far.receive { $0.writeSettings([(.initialWindowSize, 5)]) }
        far.receive { $0.writeWindowUpdate(stream: 1, increment: 20) }
        #expect(far.sent.isEmpty, "the window was negative, and is empty")
        far.receive { $0.writeWindowUpdate(stream: 1, increment: 5) }
        #expect(far.sent.map(\.flags) == [.endStream])
    }

    @Test func theConnectionsWindowHoldsForAllStreams() {
        var far = FarSide([(.initialWindowSize, 100_000)])
        far.open(body: 65_000)
        far.open(body: 1000)
        #expect(far.sent.map(\.payload.readableBytes).last == 535, "what is left of 65,535")
        #expect(far.connection.availableStreams == 0)
        far.receive { $0.writeWindowUpdate(stream: 0, increment: 465) }
        #expect(far.sent.map(\.flags) == [.endStream])
    }

    @Test func framesAreNoLongerThanTheFarSideAllows() {
        var far = FarSide([(.maxFrameSize, 20_000), (.initialWindowSize, 50_000)])
        far.open(body: 45_000)
        #expect(far.sent.map(\.payload.readableBytes).dropFirst() == [20_000, 20_000, 5000])
    }

    @Test func whatIsReadIsGivenBackInHalves() {
        var far = FarSide()
        far.open(replyLimit: 4_000_000)
        far.receive { $0.writeHeaders(1, [0x88], flags: .endHeaders) }
        for _ in 0..<33 { far.receive { $0.writeData(1, [UInt8](repeating: 0, count: 16_384)) } }
        #expect(far.sent.map(\.kind) == [.windowUpdate])
        #expect(far.sent.first?.streamID == 1)
    }

    @Test func moreThanTheWindowIsAFault() {
        var far = FarSide()
        far.open()
        far.receive { $0.writeHeaders(1, [0x88], flags: .endHeaders) }
        far.connection.receiveWindow = ReceiveWindow(size: 10)
        far.receive { $0.writeData(1, [UInt8](repeating: 0, count: 11)) }
        #expect(far.goAway() == .flowControlError)
    }

    @Test func aPingIsAnswered() {
        var far = FarSide()
        far.receive { $0.writePing(42, isAnswer: false) }
        #expect(far.sent.map(\.flags) == [.ack])
        #expect(far.sent[0].payload.getInteger(at: far.sent[0].payload.readerIndex, as: UInt64.self) == 42)
    }

    @Test func silenceIsAskedAndThenGivenUp() {
        var far = FarSide()
        far.open()
        #expect(far.connection.nextTick == far.now + .seconds(4))
        far.pass(.seconds(4))
        #expect(far.sent.map(\.kind) == [.ping])
        #expect(far.connection.availableStreams == 0, "others had better take what waits")
        far.pass(.seconds(6))
        #expect(far.failure() == .broken)
        #expect(far.closes)
    }

    @Test func anyFrameIsASignOfLife() {
        var far = FarSide()
        far.open()
        far.pass(.seconds(4))
        far.receive { $0.writePing(1, isAnswer: true) }
        far.pass(.seconds(3))
        #expect(far.sent.isEmpty)
        #expect(far.connection.availableStreams > 0)
    }

    @Test func aDeadlineResetsTheStreamAndDoubtsTheConnection() {
        var far = FarSide()
        far.open(within: .seconds(1))
        far.open(within: .seconds(60))
        far.pass(.seconds(1))
        #expect(far.failure() == .timedOut)
        #expect(far.sent.map(\.kind) == [.resetStream, .ping])
        far.pass(.seconds(6))
        #expect(far.failure() == .broken, "the other goes down with the connection")
    }

    @Test func goAwayRefusesWhatLiesAboveAndAwaitsTheRest() throws {
        var far = FarSide()
        for _ in 0..<3 { far.open() }
        far.receive { bytes in
            bytes.writeFrameHeader(.goAway, stream: 0, length: 8 + 22)
            bytes.writeMultipleIntegers(UInt32(1), UInt32(0))
            bytes.writeString(#"{"reason":"BadDevice"}"#)
        }
        #expect(far.connection.phase == .draining)
        #expect(far.connection.availableStreams == 0)
        let refused = far.takeAnswers()
        #expect(refused.map { $0.failureKind } == [.refused, .refused])
        if case .failure(let failure) = refused[0].result { #expect(failure.message.contains("BadDevice")) }
        far.receive { $0.writeReply(1) }
        #expect(try far.answer().get().status == 200)
        #expect(far.closes)
    }

    @Test func refusedStreamIsSafeToResend() {
        var far = FarSide()
        far.open()
        far.receive { $0.writeResetStream(1, .refusedStream) }
        #expect(far.failure() == .refused)
    }

    @Test func aStreamThatAnsweredCannotBeRefused() {
        var far = FarSide()
        far.open()
        far.receive { $0.writeHeaders(1, [0x88], flags: .endHeaders) }
        far.receive { $0.writeResetStream(1, .refusedStream) }
        #expect(far.failure() == .broken)
    }

    @Test func anEarlyReplyEndsTheBody() throws {
        var far = FarSide([(.initialWindowSize, 10)])
        far.open(body: 100)
        far.receive { $0.writeReply(1) }
        #expect(try far.answer().get().status == 200)
        #expect(far.sent.map(\.kind) == [.resetStream])
        #expect(far.connection.availableStreams > 0)
    }

    @Test func whatComesForAStreamThatIsGoneIsIgnored() {
        var far = FarSide()
        far.open(within: .seconds(1))
        far.pass(.seconds(1))
        _ = far.takeAnswers()
        far.receive { bytes in
            bytes.writeReply(1, body: [1])
            bytes.writeResetStream(1, .cancel)
            bytes.writeWindowUpdate(stream: 1, increment: 5)
        }
        #expect(far.takeAnswers().isEmpty)
        #expect(far.connection.phase == .open)
    }

    @Test func unknownFramesAndSettingsAreIgnored() {
        var far = FarSide()
        far.receive { bytes in
            bytes.writeFrameHeader(.init(rawValue: 0xEE), stream: 5, length: 2)
            bytes.writeBytes([1, 2])
            bytes.writeSettings([(.init(rawValue: 0xEE), 1)])
            bytes.writeFrameHeader(.priority, stream: 1, length: 5)
            bytes.writeBytes([0, 0, 0, 0, 1])
        }
        #expect(far.connection.phase == .open)
    }

    @Test(arguments: Self.faults) func aFaultClosesTheConnectionWithItsCode(_ fault: Fault) {
        var far = FarSide()
        far.open()
        far.receive(fault.write)
        #expect(far.goAway() == fault.code)
        #expect(far.closes)
        #expect(far.failure() == .broken)
    }

    /// Whatever comes: nothing crashes, and each request is answered once.
    @Test(arguments: 1...20) func nonsenseLeavesNoRequestWithoutItsAnswer(_ seed: UInt64) {
        var random = SplitMix(state: seed)
        var far = FarSide()
        for _ in 0..<300 where far.connection.availableStreams > 0 {
            far.open(body: Int(random.next() % 2000))
            far.receive { Self.writeNonsense(to: &$0, &random) }
            far.pass(.milliseconds(Int(random.next() % 2000)))
        }
        far.hangUp()
        #expect(far.takeAnswers().count == far.opened)
        #expect(far.connection.streams.isEmpty)
    }

    private static func writeNonsense(to bytes: inout ByteBuffer, _ random: inout SplitMix) {
        let stream = UInt32(random.next() % 20)
        switch random.next() % 16 {
        case 0: bytes.writeResetStream(stream | 1, ErrorCode(rawValue: UInt32(random.next() % 14)))
        case 1:
            bytes.writeSettings([
                (.initialWindowSize, UInt32(random.next() % 100_000)), (.maxConcurrentStreams, UInt32(random.next() % 50)),
            ])
        case 2...4: bytes.writeWindowUpdate(stream: stream | 1, increment: Int(random.next() % 5000))
        case 5...7: bytes.writeWindowUpdate(stream: 0, increment: Int(random.next() % 50_000) + 1)
        case 8...11: bytes.writeReply(stream | 1, body: Array(repeating: 1, count: Int(random.next() % 3)))
        case 12: bytes.writeHeaders(stream | 1, [0x88], flags: .endHeaders)
        case 13: bytes.writePing(random.next(), isAnswer: random.next() % 2 == 0)
        case 14 where random.next() % 20 == 0: bytes.writeBytes((0..<50).map { _ in UInt8(truncatingIfNeeded: random.next()) })
        default: bytes.writeFrameHeader(.init(rawValue: 0xAB), stream: stream, length: 0)
        }
    }

    @Test func anAgedConnectionDrains() throws {
        var far = FarSide()
        far.open(within: .seconds(1_000_000))
        far.connection = far.connection.retiring(at: far.now + .seconds(10))
        far.pass(.seconds(10))
        #expect(far.connection.phase == .draining)
        far.receive { $0.writeReply(1) }
        #expect(try far.answer().get().status == 200)
        #expect(far.closes)
    }

    @Test func anUnusedConnectionIsClosed() {
        var far = FarSide()
        for _ in 0..<30 {
            far.pass(.seconds(30))
            far.receive { $0.writePing(0, isAnswer: true) }
        }
        #expect(far.closes)
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let name: String
        let code: ErrorCode
        let write: @Sendable (inout ByteBuffer) -> Void
        var testDescription: String { name }
    }

    private static let faults: [Fault] = [
        Fault(name: "a push", code: .protocolError) { $0.writeFrameHeader(.pushPromise, stream: 1, length: 0) },
        Fault(name: "a frame that is too long", code: .frameSizeError) { $0.writeFrameHeader(.data, stream: 1, length: 16_385) },
        Fault(name: "DATA on stream 0", code: .protocolError) { $0.writeData(0, [1]) },
        Fault(name: "DATA on a stream of the server's", code: .protocolError) { $0.writeData(2, [1]) },
        Fault(name: "HEADERS on a stream that was never opened", code: .protocolError) { $0.writeReply(5) },
        Fault(name: "padding longer than its frame", code: .protocolError) { $0.writeData(1, [200, 1], flags: .padded) },
        Fault(name: "headers that can't be decompressed", code: .compressionError) { $0.writeHeaders(1, [0xBE], flags: .endHeaders) },
        Fault(name: "a CONTINUATION of nothing", code: .protocolError) { $0.writeFrameHeader(.continuation, stream: 1, length: 0) },
        Fault(name: "a header block interrupted", code: .protocolError) {
            $0.writeHeaders(1, [0x88], flags: [])
            $0.writePing(1, isAnswer: false)
        },
        Fault(name: "a flood of CONTINUATIONs", code: .enhanceYourCalm) {
            $0.writeHeaders(1, [0x88], flags: [])
            for _ in 0..<20 { $0.writeFrameHeader(.continuation, stream: 1, length: 0) }
        },
        Fault(name: "a flood of PINGs", code: .enhanceYourCalm) { for _ in 0..<10_001 { $0.writePing(1, isAnswer: false) } },
        Fault(name: "SETTINGS on a stream", code: .protocolError) { $0.writeFrameHeader(.settings, stream: 1, length: 0) },
        Fault(name: "SETTINGS of an odd length", code: .frameSizeError) {
            $0.writeFrameHeader(.settings, stream: 0, length: 1)
            $0.writeInteger(UInt8(0))
        },
        Fault(name: "an acknowledgement with a payload", code: .frameSizeError) {
            $0.writeFrameHeader(.settings, flags: .ack, stream: 0, length: 1)
            $0.writeInteger(UInt8(0))
        },
        Fault(name: "a window that is too large", code: .flowControlError) { $0.writeSettings([(.initialWindowSize, 0x8000_0000)]) },
        Fault(name: "frames that are too small", code: .protocolError) { $0.writeSettings([(.maxFrameSize, 100)]) },
        Fault(name: "a server that enables push", code: .protocolError) { $0.writeSettings([(.enablePush, 1)]) },
        Fault(name: "PING on a stream", code: .protocolError) { bytes in
            bytes.writeFrameHeader(.ping, stream: 1, length: 8)
            bytes.writeInteger(UInt64(0))
        },
        Fault(name: "PING of a wrong size", code: .frameSizeError) { $0.writeFrameHeader(.ping, stream: 0, length: 0) },
        Fault(name: "GOAWAY of a wrong size", code: .frameSizeError) { $0.writeFrameHeader(.goAway, stream: 0, length: 0) },
        Fault(name: "GOAWAY on a stream", code: .protocolError) { $0.writeFrameHeader(.goAway, stream: 1, length: 0) },
        Fault(name: "RST_STREAM of a wrong size", code: .frameSizeError) { $0.writeFrameHeader(.resetStream, stream: 1, length: 0) },
        Fault(name: "RST_STREAM of stream 0", code: .protocolError) { $0.writeResetStream(0, .cancel) },
        Fault(name: "WINDOW_UPDATE of a wrong size", code: .frameSizeError) { $0.writeFrameHeader(.windowUpdate, stream: 0, length: 0) },
        Fault(name: "WINDOW_UPDATE of nothing", code: .protocolError) { $0.writeWindowUpdate(stream: 0, increment: 0) },
        Fault(name: "WINDOW_UPDATE beyond the greatest window", code: .flowControlError) {
            $0.writeWindowUpdate(stream: 0, increment: 0x7FFF_FFFF)
        },
        Fault(name: "PRIORITY of a wrong size", code: .frameSizeError) { $0.writeFrameHeader(.priority, stream: 1, length: 0) },
    ]
}

/// A machine, and what it did since it was last asked.
private struct FarSide {
    var connection: HTTP2Connection
    var now = ContinuousClock.now
    private var actions = HTTP2Connection.Actions()
    private(set) var opened = 0
    private(set) var sent: [Frame] = []
    private(set) var answers: [HTTP2Connection.Answer] = []
    var closes: Bool { actions.closes }

    init(_ settings: [(PeerSettings.Name, UInt32)] = [], greets: Bool = true) {
        connection = HTTP2Connection(
            authority: "localhost", limits: .init(settings: .init(), retiresAt: now + .seconds(3600)), now: now)
        connection.start(&actions)
        actions.bytes.moveReaderIndex(forwardBy: 24)
        if greets { receive { $0.writeSettings(settings) } } else { collect() }
    }

    mutating func open(body: Int = 3, header: String = "x", replyLimit: Int = 100, within deadline: Duration = .seconds(60)) {
        let request = TransportRequest(
            url: "https://localhost/", headers: [("a", header)], body: Array(repeating: 1, count: body), replyLimitBytes: replyLimit)
        let batch = Batch([request], deadline: now + deadline) { _, _ in }
        connection.open(Ticket(batch: batch, index: 0, originLength: 17, isResent: false), now: now, &actions)
        opened += 1
        collect()
    }

    mutating func hangUp() {
        connection.lose("gone", &actions)
        collect()
    }

    mutating func receive(_ write: (inout ByteBuffer) -> Void) {
        var bytes = ByteBuffer()
        write(&bytes)
        connection.receive(&bytes, now: now, &actions)
        collect()
    }

    mutating func pass(_ time: Duration) {
        now += time
        connection.tick(now: now, &actions)
        collect()
    }

    /// The first answer that wasn't asked for yet.
    mutating func answer() throws -> Result<TransportReply, StreamFailure> {
        try #require(!answers.isEmpty)
        return answers.removeFirst().result
    }

    mutating func failure() -> StreamFailure.Kind? { answers.isEmpty ? nil : answers.removeFirst().failureKind }

    mutating func takeAnswers() -> [HTTP2Connection.Answer] {
        defer { answers = [] }
        return answers
    }

    func goAway() -> ErrorCode? {
        sent.last { $0.kind == .goAway }.flatMap { $0.payload.getInteger(at: $0.payload.readerIndex + 4) }.map(ErrorCode.init(rawValue:))
    }

    private mutating func collect() {
        sent = []
        while let frame = try? actions.bytes.readFrame(payloadLimit: 1 << 24) { sent.append(frame) }
        answers += actions.answers
        actions.answers = []
    }
}

extension HTTP2Connection {
    fileprivate func retiring(at moment: ContinuousClock.Instant) -> HTTP2Connection {
        var connection = HTTP2Connection(
            authority: authority, limits: .init(settings: limits.settings, retiresAt: moment), now: liveness.lastReceived)
        connection.streams = streams
        connection.nextStreamID = nextStreamID
        connection.phase = phase
        return connection
    }
}

extension HTTP2Connection.Answer {
    fileprivate var failureKind: StreamFailure.Kind? {
        if case .failure(let failure) = result { failure.kind } else { nil }
    }
}
