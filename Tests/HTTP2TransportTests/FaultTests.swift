import HTTPTransport
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import HTTP2Transport

/// Whatever the far side does, each request ends in the right error within its deadline, and the others go on.
@Suite(.timeLimit(.minutes(1))) struct FaultTests {
    @Test func goAwayResendsWhatLiesAboveTheLastStream() async throws {
        try await Fixture.run { $0.connectionsPerOrigin = 1 } script: { peer, event in
            if case .connected = event { peer.greet() }
            guard case .request(let request) = event else { return }
            guard peer.number == 0 else { return peer.reply(request.stream) }
            if request.stream == 9 {
                peer.goAway(last: 3)
                peer.reply(1)
                peer.reply(3)
            }
        } _: { fixture in
            let results = await fixture.sendAll((0..<20).map { _ in fixture.request() })
            #expect(results.allSatisfy { $0.status == 200 })
            #expect(fixture.server.connections == 2)
        }
    }

    @Test func aRefusedStreamIsSentOnceMoreOnAnotherConnection() async throws {
        try await Fixture.run { peer, event in
            if case .connected = event { peer.greet() }
            guard case .request(let request) = event else { return }
            if peer.number == 0 { peer.reset(request.stream, .refusedStream) } else { peer.reply(request.stream) }
        } _: { fixture in
            let results = await fixture.sendAll((0..<20).map { _ in fixture.request() })
            #expect(results.allSatisfy { $0.status == 200 })
        }
    }

    @Test func whatIsRefusedTwiceIsReported() async throws {
        let seen = Atomic(0)
        try await Fixture.run { peer, event in
            if case .connected = event { peer.greet() }
            guard case .request(let request) = event else { return }
            seen.add(1, ordering: .sequentiallyConsistent)
            peer.reset(request.stream, .refusedStream)
        } _: { fixture in
            #expect(await fixture.sendOne(fixture.request()).code == .refused)
            #expect(seen.load(ordering: .sequentiallyConsistent) == 2)
        }
    }

    @Test(arguments: [ErrorCode.cancel, .internalError, .noError, .enhanceYourCalm])
    func aResetInTheMiddleOfAReplyBreaksThatRequestAlone(_ code: ErrorCode) async throws {
        let seen = Atomic(0)
        try await Fixture.run { $0.connectionsPerOrigin = 1 } script: { peer, event in
            if case .connected = event { peer.greet() }
            guard case .request(let request) = event else { return }
            seen.add(1, ordering: .sequentiallyConsistent)
            guard request.path == "/bad" else { return peer.reply(request.stream) }
            peer.send { $0.writeHeaders(request.stream, [0x88], flags: .endHeaders) }
            peer.reset(request.stream, code)
        } _: { fixture in
            let results = await fixture.sendAll([fixture.request("/1"), fixture.request("/bad"), fixture.request("/2")])
            #expect(results.map(\.status) == [200, nil, 200])
            #expect(results[1].code == .broken)
            #expect(seen.load(ordering: .sequentiallyConsistent) == 3, "what may have been taken is not sent again")
        }
    }

    @Test func aConnectionThatGoesSilentIsDroppedAndTheNextServes() async throws {
        try await Fixture.run {
            $0.connectionsPerOrigin = 1
            $0.replyOverdueAfter = .milliseconds(200)
            $0.pingTimeout = .milliseconds(300)
        } script: { peer, event in
            if case .connected = event { peer.greet([(.maxConcurrentStreams, 1)]) }
            guard case .request(let request) = event, peer.number > 0 else { return }
            peer.reply(request.stream)
        } _: { fixture in
            let results = await fixture.sendAll((0..<3).map { _ in fixture.request() }, within: .seconds(30))
            #expect(results.map(\.code) == [.broken, nil, nil])
            #expect(fixture.server.connections == 2)
        }
    }

    @Test func aConnectionThatGoesSilentHoldsUpNothingThatAnotherCouldTake() async throws {
        try await Fixture.run {
            $0.connectionsPerOrigin = 2
            $0.replyOverdueAfter = .seconds(30)
        } script: { peer, event in
            if case .connected = event { peer.greet([(.maxConcurrentStreams, 1)]) }
            guard case .request(let request) = event, request.path != "/never" else { return }
            peer.reply(request.stream)
        } _: { fixture in
            #expect(await fixture.sendOne(fixture.request("/now")).status == 200)
            async let never = fixture.sendOne(fixture.request("/never"), within: .seconds(2))
            let others = await fixture.sendAll((0..<50).map { _ in fixture.request("/now") })
            #expect(others.allSatisfy { $0.status == 200 })
            #expect(await never.code == .timedOut)
        }
    }

    @Test func anIdleConnectionIsAskedWhetherItIsThere() async throws {
        let (pings, pinged) = AsyncStream.makeStream(of: Int.self)
        try await Fixture.run { $0.idlePingInterval = .milliseconds(20) } script: { peer, event in
            switch event {
            case .connected: peer.greet()
            case .request(let request): peer.reply(request.stream)
            case .frame(let frame) where frame.kind == .ping:
                peer.send { $0.writePing(frame.payload.getInteger(at: frame.payload.readerIndex) ?? 0, isAnswer: true) }
                pinged.yield(peer.number)
            case .frame: break
            }
        } _: { fixture in
            #expect(await fixture.sendOne(fixture.request()).status == 200)
            var seen = 0
            for await number in pings {
                #expect(number == 0)
                seen += 1
                if seen == 3 { break }
            }
            #expect(await fixture.sendOne(fixture.request()).status == 200)
            #expect(fixture.server.connections == 1, "who answers is kept")
        }
    }

    @Test func anAnswerThatNeverComesTimesOutAndItsStreamIsReset() async throws {
        let (frames, sawFrame) = AsyncStream.makeStream(of: Frame.Kind.self)
        try await Fixture.run { peer, event in
            switch event {
            case .connected: peer.greet()
            case .request(let request): if request.path == "/good" { peer.reply(request.stream) }
            case .frame(let frame): if [.resetStream, .ping].contains(frame.kind) { sawFrame.yield(frame.kind) }
            }
        } _: { fixture in
            #expect(await fixture.sendOne(fixture.request("/good")).status == 200)
            #expect(await fixture.sendOne(fixture.request("/bad"), within: .milliseconds(500)).code == .timedOut)
            var kinds: [Frame.Kind] = []
            for await kind in frames {
                kinds.append(kind)
                if kinds.count == 2 { break }
            }
            #expect(kinds == [.resetStream, .ping], "and the connection is asked whether it is there")
        }
    }

    @Test func aReplyThatNeverEndsIsCutOff() async throws {
        try await Fixture.run { $0.discardLimitBytes = 50_000 } script: { peer, event in
            switch event {
            case .connected: peer.greet()
            case .request(let request):
                peer.send { $0.writeHeaders(request.stream, [0x88], flags: .endHeaders) }
                for _ in 0..<20 { peer.send { $0.writeData(request.stream, [UInt8](repeating: 1, count: 10_000)) } }
            case .frame: break
            }
        } _: { fixture in
            let reply = try await fixture.transport.send(fixture.request(), within: .seconds(10))
            #expect(reply.status == 200)
            #expect(reply.body.count == 16_384)
        }
    }

    @Test func aReplyThatStopsInTheMiddleTimesOut() async throws {
        try await Fixture.run { $0.connectionsPerOrigin = 1 } script: { peer, event in
            if case .connected = event { peer.greet() }
            guard case .request(let request) = event else { return }
            guard request.path == "/slow" else { return peer.reply(request.stream) }
            peer.send { $0.writeHeaders(request.stream, [0x88], flags: .endHeaders) }
            peer.send { $0.writeData(request.stream, [1]) }
        } _: { fixture in
            #expect(await fixture.sendOne(fixture.request("/good")).status == 200)
            async let slow = fixture.sendOne(fixture.request("/slow"), within: .milliseconds(300))
            #expect(await fixture.sendOne(fixture.request("/good")).status == 200)
            #expect(await slow.code == .timedOut)
        }
    }

    @Test func aReplyThatComesByteByByteIsRead() async throws {
        try await Fixture.run { peer, event in
            if case .connected = event { peer.greet() }
            guard case .request(let request) = event else { return }
            peer.sendBytewise { $0.writeReply(request.stream, body: Array("slow".utf8)) }
        } _: { fixture in
            #expect(await fixture.sendOne(fixture.request()).body == Array("slow".utf8))
        }
    }

    @Test(arguments: [
        "garbage", "oversized frame", "DATA on an unopened stream", "continuation flood", "bad HPACK", "push", "window overflow",
    ])
    func aBrokenProtocolEndsTheConnectionAndEveryRequestOnIt(_ fault: String) async throws {
        try await Fixture.run { $0.connectionsPerOrigin = 1 } script: { peer, event in
            if case .connected = event { peer.greet() }
            guard case .request(let request) = event else { return }
            guard peer.number == 0 else { return peer.reply(request.stream) }
            peer.send { Self.write(fault, to: &$0) }
        } _: { fixture in
            let result = await fixture.sendOne(fixture.request())
            #expect(result.code == .broken)
            #expect(await fixture.sendOne(fixture.request()).status == 200, "the next connection serves")
        }
    }

    private static func write(_ fault: String, to bytes: inout ByteBuffer) {
        switch fault {
        case "garbage": bytes.writeString("HTTP/1.1 400 Bad Request\r\n\r\n")
        case "oversized frame": bytes.writeFrameHeader(.data, stream: 1, length: 1 << 20)
        case "DATA on an unopened stream": bytes.writeData(99, [1])
        case "continuation flood":
            bytes.writeHeaders(1, [0x88], flags: [])
            for _ in 0..<100 { bytes.writeFrameHeader(.continuation, stream: 1, length: 0) }
        case "bad HPACK": bytes.writeHeaders(1, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], flags: .endHeaders)
        case "push": bytes.writeFrameHeader(.pushPromise, flags: .endHeaders, stream: 1, length: 0)
        default: bytes.writeWindowUpdate(stream: 0, increment: 0x7FFF_FFFF)
        }
    }

    @Test func aFarSideThatHangsUpBreaksWhatIsOpen() async throws {
        try await Fixture.run { peer, event in
            if case .connected = event { peer.greet() }
            if case .request = event { peer.close() }
        } _: { fixture in
            #expect(await fixture.sendOne(fixture.request()).code == .broken)
        }
    }

    @Test func aLimitOfNoStreamsTimesOut() async throws {
        try await Fixture.run { $0.connectionsPerOrigin = 1 } script: { peer, event in
            if case .connected = event { peer.greet([(.maxConcurrentStreams, 1)]) }
            guard case .request(let request) = event else { return }
            peer.send { $0.writeSettings([(.maxConcurrentStreams, 0)]) }
            peer.reply(request.stream)
        } _: { fixture in
            #expect(await fixture.sendOne(fixture.request()).status == 200)
            let results = await fixture.sendAll([fixture.request(), fixture.request()], within: .milliseconds(300))
            #expect(results.map(\.code) == [.timedOut, .timedOut])
        }
    }

    @Test func aCertificateNobodyVouchesForIsUntrusted() async throws {
        try await Fixture.run(trusts: false) { _, event in
            if case .request = event { Issue.record("nothing may come through") }
        } _: { fixture in
            #expect(await fixture.sendOne(fixture.request()).code == .untrusted)
        }
    }

    @Test func aCertificateForAnotherNameIsUntrusted() async throws {
        try await Fixture.run { _, event in
            if case .request = event { Issue.record("nothing may come through") }
        } _: { fixture in
            var request = fixture.request()
            request.url = "https://127.0.0.2:\(fixture.server.port)/"
            let code = await fixture.sendOne(request).code
            #expect(code == .untrusted || code == .unreachable)
        }
    }

    @Test func aFarSideThatNeverGreetsIsUnreachable() async throws {
        try await Fixture.run { $0.connectTimeout = .milliseconds(200) } script: { _, _ in
        } _: { fixture in
            #expect(await fixture.sendOne(fixture.request()).code == .unreachable)
        }
    }

    @Test func aFarSideThatNeverDoesTLSIsUnreachable() async throws {
        let mute = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup).bind(host: "127.0.0.1", port: 0).get()
        try await Fixture.run { $0.connectTimeout = .milliseconds(200) } script: { _, _ in
        } _: { fixture in
            var request = fixture.request()
            request.url = "https://localhost:\(mute.localAddress?.port ?? 0)/"
            #expect(await fixture.sendOne(request).code == .unreachable)
        }
        try await mute.close()
    }

    @Test func nobodyThereIsUnreachableAtOnceAndNotHammered() async throws {
        try await Fixture.run { $0.connectBackoff = .seconds(60) } script: { _, _ in
        } _: { fixture in
            await fixture.server.stop()
            #expect(await fixture.sendOne(fixture.request(), within: .seconds(30)).code == .unreachable)
            #expect(await fixture.sendOne(fixture.request(), within: .seconds(30)).code == .unreachable, "within the pause")
        }
    }

    @Test func aDeadlineAlsoEndsTheWaitForAConnection() async throws {
        try await Fixture.run { $0.connectTimeout = .seconds(600) } script: { _, _ in
        } _: { fixture in
            let start = ContinuousClock.now
            #expect(await fixture.sendOne(fixture.request(), within: .milliseconds(200)).code == .unreachable)
            #expect(ContinuousClock.now - start < .seconds(30))
        }
    }
}
