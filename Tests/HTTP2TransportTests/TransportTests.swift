import HTTPTransport
import NIOCore
import NIOHPACK
import Synchronization
import Testing

@testable import HTTP2Transport

/// What works when the far side does as it should.
@Suite(.timeLimit(.minutes(1))) struct TransportTests {
    private static let obedient: ScriptedServer.Script = { peer, event in
        switch event {
        case .connected: peer.greet()
        case .request(let request): peer.reply(request.stream, body: Array(request.path.utf8))
        case .frame: break
        }
    }

    @Test func aRequestArrivesAsItWasWritten() async throws {
        let seen = Mutex<ScriptedServer.Request?>(nil)
        try await Fixture.run { peer, event in
            if case .connected = event { peer.greet() }
            guard case .request(let request) = event else { return }
            seen.withLock { $0 = request }
            peer.reply(request.stream, body: [1, 2, 3])
        } _: { fixture in
            let reply = try await fixture.transport.send(fixture.request("/a%2bb?c=d"), within: .seconds(10))
            #expect(reply.status == 200)
            #expect(reply.body == [1, 2, 3])
            let request = try #require(seen.withLock { $0 })
            #expect(request.path == "/a%2bb?c=d", "percent escapes are not touched")
            #expect(request.headers[":authority"] == ["localhost:\(fixture.server.port)"])
            #expect(request.headers[":method"] == ["POST"])
            #expect(request.headers[":scheme"] == ["https"])
            #expect(request.headers["ttl"] == ["7"])
            #expect(request.headers["content-length"] == ["4"])
            #expect(request.body == Array("body".utf8))
        }
    }

    @Test func eachRequestOfABatchGetsItsOwnReply() async throws {
        try await Fixture.run(script: Self.obedient) { fixture in
            let results = await fixture.sendAll((0..<1500).map { fixture.request("/\($0)") })
            for (index, result) in results.enumerated() { #expect(result.body == Array("/\(index)".utf8)) }
        }
    }

    @Test func aBatchMayGoToManyOriginsAndGroups() async throws {
        try await Fixture.run(script: Self.obedient) { fixture in
            var requests = (0..<6).map { fixture.request("/\($0)", group: ConnectionGroup(id: "\($0 % 2)")) }
            requests.append(TransportRequest(url: "http://localhost/plain", headers: [], body: []))
            requests.append(TransportRequest(url: "https://user@localhost/", headers: [], body: []))
            let results = await fixture.sendAll(requests)
            for index in 0..<6 { #expect(results[index].body == Array("/\(index)".utf8)) }
            #expect(results[6].status == 299, "HTTP without TLS goes to the other transport")
            #expect(results[7].code == .invalidURL)
            #expect(fixture.server.connections == 2, "a connection for each group")
        }
    }

    @Test func manyCallersShareAConnection() async throws {
        try await Fixture.run(script: Self.obedient) { fixture in
            await withTaskGroup(of: Int?.self) { group in
                for number in 0..<100 { group.addTask { await fixture.sendOne(fixture.request("/\(number)")).status } }
                for await status in group { #expect(status == 200) }
            }
            #expect(fixture.server.connections <= 4)
        }
    }

    @Test func connectionsAreOpenedAsStreamsAreUsedUp() async throws {
        let held = Mutex(0)
        try await Fixture.run { $0.connectionsPerOrigin = 3 } script: { peer, event in
            if case .connected = event { peer.greet([(.maxConcurrentStreams, 10)]) }
            guard case .request = event, held.withLock({ $0 += 1; return $0 }) > 0 else { return }
            // All are held until the connection has as many as it may have.
            if peer.openStreams.count == 10 { for stream in peer.openStreams { peer.reply(stream) } }
        } _: { fixture in
            let results = await fixture.sendAll((0..<60).map { _ in fixture.request() })
            #expect(results.allSatisfy { $0.status == 200 })
            #expect(fixture.server.connections <= 3)
            #expect(fixture.server.greatestOpenStreams == 10)
        }
    }

    @Test func anAPNsConnectionStartsWithOneStreamAndOpensUpAfterASuccess() async throws {
        let openAtFirst = Mutex<[Int]>([])
        try await Fixture.run { $0.connectionsPerOrigin = 1 } script: { peer, event in
            if case .connected = event { peer.greet() }
            guard case .request(let request) = event else { return }
            openAtFirst.withLock { $0.append(peer.openStreams.count) }
            switch peer.requests {
            // A refusal proves nothing.
            case 1: peer.reply(request.stream, status: 0x8C)
            case 2: peer.reply(request.stream)
            default: if peer.openStreams.count >= 50 { for stream in peer.openStreams { peer.reply(stream) } }
            }
        } _: { fixture in
            let group = ConnectionGroup(id: "apns", startsWithOneStream: true)
            let results = await fixture.sendAll((0..<52).map { _ in fixture.request(group: group) })
            #expect(results.map(\.status) == [400] + Array(repeating: 200, count: 51))
            #expect(fixture.server.greatestOpenStreams >= 50)
        }
    }

    @Test func anOriginWithoutHTTP2IsServedByTheOtherTransportAndRemembered() async throws {
        try await Fixture.run(protocols: ["http/1.1"]) { $0.connectionsPerOrigin = 1 } script: { _, _ in
        } _: { fixture in
            #expect(await fixture.sendOne(fixture.request("/1")).status == 299)
            #expect(await fixture.sendAll([fixture.request("/2"), fixture.request("/3")]).map(\.status) == [299, 299])
            #expect(fixture.fallback.sent.count == 3)
            #expect(fixture.server.connections == 1)
        }
    }

    @Test func aClientCertificateIsShown() async throws {
        try await Fixture.run(asksForCertificate: true, script: Self.obedient) { fixture in
            let group = ConnectionGroup(id: "mine", identity: TestCertificate.identity)
            #expect(await fixture.sendOne(fixture.request(group: group)).status == 200)
            #expect(await fixture.sendOne(fixture.request()).code != nil, "without one the server says no")
        }
    }

    @Test func anUnreadableClientCertificateIsNamed() async throws {
        try await Fixture.run(script: Self.obedient) { fixture in
            let group = ConnectionGroup(id: "broken", identity: TLSIdentity(certificateChainPEM: "x", privateKeyPEM: "y"))
            #expect(await fixture.sendOne(fixture.request(group: group)).code == .untrusted)
        }
    }

    @Test func bodiesLargerThanEveryWindowArrive() async throws {
        let body = String(repeating: "x", count: 300_000)
        let received = Mutex(0)
        try await Fixture.run { peer, event in
            switch event {
            case .connected: peer.greet([(.initialWindowSize, 1000)])
            case .frame(let frame) where frame.kind == .data:
                let length = frame.payload.readableBytes
                received.withLock { $0 += length }
                guard length > 0, !frame.flags.contains(.endStream) else { return }
                peer.send { bytes in
                    bytes.writeWindowUpdate(stream: frame.streamID, increment: length)
                    bytes.writeWindowUpdate(stream: 0, increment: length)
                }
            case .request(let request): peer.reply(request.stream)
            case .frame: break
            }
        } _: { fixture in
            #expect(await fixture.sendOne(fixture.request(body: body)).status == 200)
            #expect(received.withLock { $0 } == 300_000)
        }
    }

    @Test func aLimitOfStreamsThatFallsAndRisesIsObeyed() async throws {
        try await Fixture.run { $0.connectionsPerOrigin = 1 } script: { peer, event in
            if case .connected = event { peer.greet([(.maxConcurrentStreams, 5)]) }
            guard case .request(let request) = event else { return }
            #expect(peer.openStreams.count <= 5)
            // After the third reply none may be opened, until the limit is 1.
            guard peer.requests == 3 else { return peer.reply(request.stream) }
            peer.send { $0.writeSettings([(.maxConcurrentStreams, 0)]) }
            peer.reply(request.stream)
            peer.send { $0.writeSettings([(.maxConcurrentStreams, 1)]) }
        } _: { fixture in
            let results = await fixture.sendAll((0..<50).map { _ in fixture.request() })
            #expect(results.allSatisfy { $0.status == 200 })
            #expect(fixture.server.greatestOpenStreams <= 5)
        }
    }

    @Test func aConnectionThatIsTooOldIsReplaced() async throws {
        try await Fixture.run { $0.maximumAge = .zero } script: { peer, event in Self.obedient(peer, event)
        } _: { fixture in
            for _ in 0..<3 { #expect(await fixture.sendOne(fixture.request()).status == 200) }
            #expect(fixture.server.connections == 3)
        }
    }

    @Test func shutdownLeavesNothingBehind() async throws {
        try await Fixture.run(script: Self.obedient) { fixture in
            async let results = fixture.sendAll((0..<300).map { fixture.request("/\($0)") })
            #expect(await results.allSatisfy { $0.status == 200 })
            await fixture.transport.shutdown()
            #expect(await fixture.sendOne(fixture.request()).code == .unreachable)
        }
    }

    @Test func cancellingTheSenderEndsItsRequests() async throws {
        let (arrived, arrival) = AsyncStream.makeStream(of: Void.self)
        let (reset, resetting) = AsyncStream.makeStream(of: ErrorCode.self)
        try await Fixture.run { $0.connectionsPerOrigin = 1 } script: { peer, event in
            switch event {
            case .connected: peer.greet([(.maxConcurrentStreams, 1)])
            case .request: arrival.yield()
            case .frame(let frame) where frame.kind == .resetStream:
                resetting.yield(ErrorCode(rawValue: frame.payload.getInteger(at: frame.payload.readerIndex) ?? 0))
            case .frame: break
            }
        } _: { fixture in
            let sender = Task { await fixture.sendAll([fixture.request(), fixture.request()], within: .seconds(60)) }
            for await _ in arrived { break }
            sender.cancel()
            #expect(Set(await sender.value.map(\.code)) == [.broken, .refused], "one was on its way, one was not")
            for await code in reset {
                #expect(code == .cancel)
                break
            }
        }
    }

    @Test func aHeaderWithALineBreakIsNotSent() async throws {
        try await Fixture.run(script: Self.obedient) { fixture in
            var bad = fixture.request()
            bad.headers.append(("x", "a\r\nb: c"))
            let results = await fixture.sendAll([fixture.request("/1"), bad, fixture.request("/2")])
            #expect(results.map(\.status) == [200, nil, 200])
            #expect(results[1].code == .invalidURL)
        }
    }
}
