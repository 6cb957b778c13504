import Crypto
import Foundation
import HTTPTransport
import JSON
import Synchronization
import Testing

@testable import PushServer

/// Keys that somebody else keeps at a URL.
@Suite struct JWKSourceTests {
    private let start = ContinuousClock.now
    private let far = FarSide()
    private let key = SigningKey.p256(P256.Signing.PrivateKey())

    private func source() -> JWKSource { JWKSource(url: "https://id.example/keys", transport: far) }

    private func ids(_ source: JWKSource, after seconds: Double) async -> [String?] {
        await source.keys(now: start + .seconds(seconds)).map(\.id)
    }

    @Test func keysAreFetchedEveryFiveMinutesAtMost() async throws {
        let source = source()
        far.serve([try key.jwk(id: "1")])
        #expect(await ids(source, after: 0) == ["1"])
        far.serve([try key.jwk(id: "2")])
        #expect(await ids(source, after: 299) == ["1"])
        #expect(far.requests == 1)
        #expect(await ids(source, after: 300) == ["2"])
        #expect(far.requests == 2)
    }

    @Test func aFarSideThatFailsIsLeftAloneForAsLongAndOldKeysServeForADay() async throws {
        let source = source()
        far.serve([try key.jwk(id: "1")])
        _ = await ids(source, after: 0)
        far.fail(503)
        #expect(await ids(source, after: 301) == ["1"])
        #expect(await ids(source, after: 302) == ["1"])
        #expect(far.requests == 2)
        #expect(await ids(source, after: 86_401) == [])
    }

    @Test func withoutAnyKeysNothingIsTrusted() async throws {
        let source = source()
        far.fail(404)
        #expect(await ids(source, after: 0) == [])
        #expect(await ids(source, after: 100) == [])
        #expect(far.requests == 1)
    }

    @Test func manyWhoComeAtOnceCauseOneRequest() async throws {
        let source = source()
        far.serve([try key.jwk(id: "1")])
        let found = await withTaskGroup(of: [String?].self) { group in
            for _ in 0..<50 { group.addTask { await ids(source, after: 0) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(found.allSatisfy { $0 == ["1"] } && found.count == 50)
        #expect(far.requests == 1)
    }

    @Test func keysThatAreNotUnderstoodAreLeftOut() async throws {
        let source = source()
        far.serve([
            .object(["kty": .string("oct"), "k": .string("AAAA")]), .object(["kty": .string("future")]),
            try key.jwk(id: "e", more: ["use": .string("enc")]),
            try key.jwk(id: "1", more: ["x5t#S256": .string("a"), "key_ops": .array([])]),
        ])
        #expect(await ids(source, after: 0) == ["1"])
    }

    @Test func anAnswerThatIsTooLongOrNoJSONIsNone() async throws {
        let source = source()
        far.serve(text: String(repeating: " ", count: 65_536))
        #expect(await ids(source, after: 0) == [])
        far.serve(text: "<html>")
        #expect(await ids(source, after: 400) == [])
        await #expect(throws: IdentityKey.Unfit.self) { try await source.fetch(now: start) }
    }
}

/// Serves what it is told to.
private final class FarSide: Transport {
    private struct State {
        var status = 200
        var body: [UInt8] = []
        var requests = 0
    }

    private let state = Mutex(State())

    var requests: Int { state.withLock(\.requests) }

    func serve(_ keys: [JSONValue]) {
        let text = (try? JSONEncoder().encode(JSONValue.object(["keys": .array(keys)]))) ?? Data()
        serve(text: String(decoding: text, as: UTF8.self))
    }

    func serve(text: String) { state.withLock { ($0.status, $0.body) = (200, Array(text.utf8)) } }
    func fail(_ status: Int) { state.withLock { $0.status = status } }

    func send(_ request: TransportRequest, within deadline: Duration) async throws(TransportError) -> TransportReply {
        await Task.yield()
        return state.withLock { state in
            state.requests += 1
            return TransportReply(status: state.status, body: Array(state.body.prefix(request.replyLimitBytes)))
        }
    }
}
