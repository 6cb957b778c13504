import Foundation
import HTTPTransport
import JSON
import PushProviders
import PushSender
import Synchronization
import Testing
import WebPush

@Suite struct HMSProviderTests {
    private let now = HMSCredentialSamples.now
    private static let success = #"{"code":"80000000","msg":"Success","requestId":"r"}"#

    private func transport(_ answer: @escaping @Sendable (TransportRequest) -> TransportReply = { _ in .json(success) }) -> AnsweringTransport {
        AnsweringTransport { request in
            request.url.contains("/token") ? .success(.json(#"{"access_token":"oauth","expires_in":3600}"#)) : .success(answer(request))
        }
    }

    private func prepared(
        _ transport: AnsweringTransport, _ notification: PushSender.Notification = Notification(title: "T", body: "B"),
        credential: JSONValue? = HMSCredentialSamples.both, policy: PushPolicy = PushPolicy()
    ) throws -> any PreparedPush {
        let table = CredentialTable<HMSCredential>()
        if let credential { table.set([try HMSCredential(credential, now: now)], for: .default) }
        let lane = Lane(app: .default, provider: .hms)
        return HMSProvider(credentials: table, transport: transport).prepare(.sample(notification, policy: policy), lane: lane)
    }

    private func token(_ address: String, harmony: Bool = false) -> Token { Token(address: address, kind: harmony ? "harmony" : "") }

    @Test func aPageGoesOutInOneRequestPerKind() async throws {
        let transport = transport()
        let tokens = [token("a"), token("h1", harmony: true), token("b"), token("h2", harmony: true)]
        let outcomes = try await prepared(transport).outcomes(tokens, now: now)
        #expect(outcomes == Array(repeating: .accepted(id: "r"), count: 4))
        let core = try #require(transport.requests(to: "/v1/").first)
        #expect(core.url == "https://push-api.cloud.huawei.com/v1/1001/messages:send")
        #expect(core.text.hasPrefix(#"{"message":{"token":["a","b"],"android":{"#))
        #expect(core.value(of: "authorization") == "Bearer oauth" && core.value(of: "push-type") == nil)
        let harmony = try #require(transport.requests(to: "huawei.com/v3/").first)
        #expect(harmony.url == "https://push-api.cloud.huawei.com/v3/2002/messages:send")
        #expect(harmony.text.hasSuffix(#""target":{"token":["h1","h2"]}}"#))
        #expect(harmony.value(of: "push-type") == "0")
        #expect(harmony.value(of: "authorization")?.split(separator: ".").count == 3, "v3 takes nothing but a token of its own making")
        #expect(transport.requests.count == 3, "one for the access token")
    }

    @Test func aTopicAndAConditionGetRequestsOfTheirOwn() async throws {
        let transport = transport()
        let tokens = [
            token("a"), Token(address: "news", kind: RawToken.topicKind), Token(address: "'a' in topics", kind: RawToken.conditionKind), token("b"),
        ]
        let outcomes = try await prepared(transport).outcomes(tokens, now: now)
        #expect(outcomes == Array(repeating: .accepted(id: "r"), count: 4))
        let targets = transport.requests(to: "/v1/").map { $0.text.prefix { $0 != "]" }.split(separator: ",")[0] }
        #expect(Set(targets) == [#"{"message":{"topic":"news""#, #"{"message":{"condition":"'a' in topics""#, #"{"message":{"token":["a""#])
    }

    @Test func aThousandTokensAreTheMostInOneRequest() async throws {
        let transport = transport()
        let outcomes = try await prepared(transport).outcomes((0..<2500).map { token("t\($0)") }, now: now)
        #expect(outcomes.allSatisfy { $0 == .accepted(id: "r") })
        let sizes = transport.requests(to: "/v1/").map { request in request.text.matches(of: /"t[0-9]+"/).count }
        #expect(sizes.sorted() == [500, 1000, 1000])
    }

    @Test func whoIsListedInAPartialSuccessIsOutAndNobodyElse() async throws {
        let transport = transport { _ in .json(#"{"code":"80100000","msg":"{\"success\":2,\"failure\":1,\"illegal_tokens\":[\"b\"]}","requestId":"r"}"#) }
        let outcomes = try await prepared(transport).outcomes([token("a"), token("b"), token("c")], now: now)
        #expect(outcomes == [.accepted(id: "r"), .unregistered(since: nil), .accepted(id: "r")])
    }

    @Test func aServiceAccountAloneReachesOldDevicesByProject() async throws {
        let transport = transport()
        _ = try await prepared(transport, credential: HMSCredentialSamples.account).outcomes([token("a")], now: now)
        #expect(transport.requests.map(\.url) == ["https://push-api.cloud.huawei.com/v2/2002/messages:send"])
    }

    @Test func withoutCredentialsNothingIsSentAndSomebodyIsTold() async throws {
        let transport = transport()
        guard case .unauthorized(let problem) = try await prepared(transport, credential: nil).outcomes([token("a")], now: now).first else {
            return #expect(Bool(false))
        }
        #expect(problem.contains("PUT /v1/apps/{app}/providers/hms"))
        let harmony = try await prepared(transport, credential: HMSCredentialSamples.oauth).outcomes([token("h", harmony: true)], now: now)
        guard case .unauthorized(let missing) = harmony.first else { return #expect(Bool(false)) }
        #expect(missing.contains("service account"))
        #expect(transport.requests.isEmpty)
    }

    @Test func aRefusedAccessTokenIsRenewedOnce() async throws {
        let transport = transport { _ in .json(#"{"code":"80200003","msg":"expired"}"#) }
        let push = try prepared(transport, credential: HMSCredentialSamples.oauth)
        guard case .unavailable = try #require(await push.outcomes([token("a")], now: now).first) else { return #expect(Bool(false)) }
        #expect(transport.requests(to: "/token").count == 1)
        // The stand-in gives the same token again: it is new only when its lifetime is counted from later.
        guard case .unauthorized = try #require(await push.outcomes([token("a")], now: now.addingTimeInterval(1)).first) else {
            return #expect(Bool(false), "a fresh token was refused too")
        }
        #expect(transport.requests(to: "/token").count == 2)
    }

    @Test func aTokenThatWorkedMayRunOutLater() async throws {
        let codes = Mutex(["80200003", "80000000", "80200003"])
        let transport = transport { _ in .json(#"{"code":"\#(codes.withLock { $0.removeFirst() })"}"#) }
        let push = try prepared(transport, credential: HMSCredentialSamples.oauth)
        var outcomes: [Outcome?] = []
        for second in 0..<3 { outcomes += await push.outcomes([token("a")], now: now.addingTimeInterval(Double(second))) }
        #expect(outcomes[1] == .accepted(id: nil))
        guard case .unavailable = outcomes[2] else { return #expect(Bool(false), "a new story: \(outcomes)") }
    }

    @Test func anOAuthServerInTroubleIsNotOurFault() async throws {
        let refused = AnsweringTransport(status: 400, body: #"{"error":1101}"#)
        guard case .unauthorized = try #require(await prepared(refused).outcomes([token("a")], now: now).first) else { return #expect(Bool(false)) }
        let down = AnsweringTransport(status: 503)
        guard case .unavailable = try #require(await prepared(down).outcomes([token("a")], now: now).first) else { return #expect(Bool(false)) }
    }

    @Test func nothingIsKeptBeyondItsExpiryNorBeyondFifteenDays() async throws {
        func ttls(_ seconds: Int, after elapsed: Double) async throws -> [String] {
            let transport = transport()
            let push = try prepared(transport, policy: PushPolicy(ttl: TTL(seconds: seconds)))
            _ = await push.outcomes([token("a"), token("h", harmony: true)], now: now.addingTimeInterval(elapsed))
            return [transport.requests(to: "/v1/"), transport.requests(to: "huawei.com/v3/")].map { requests in
                let text = requests.first?.text ?? ""
                let ttl = text.range(of: #""ttl":"#).map { text[$0.upperBound...].prefix { !",}".contains($0) } } ?? ""
                return String(ttl)
            }
        }
        #expect(try await ttls(60, after: 10) == [#""50s""#, "50"])
        #expect(try await ttls(2_419_200, after: 0) == [#""1296000s""#, "1296000"])
        #expect(try await ttls(0, after: 0) == [#""1s""#, "1"])
    }

    @Test func rawSectionsGoOutByteForByte() async throws {
        var notification = Notification()
        notification.hms = HMSSection(message: #"{ "data":"x" }"#, payload: #"{ "extraData":"y" }"#, pushOptions: #"{ "ttl":1 }"#, pushType: 6)
        let transport = transport()
        _ = try await prepared(transport, notification).outcomes([token("a"), token("h", harmony: true)], now: now)
        #expect(transport.requests(to: "/v1/").first?.text == #"{"message":{"token":["a"], "data":"x" }}"#)
        let harmony = try #require(transport.requests(to: "huawei.com/v3/").first)
        #expect(harmony.text == #"{"payload":{ "extraData":"y" },"pushOptions":{ "ttl":1 },"target":{"token":["h"]}}"#)
        #expect(harmony.value(of: "push-type") == "6")
    }

    @Test func testMessagesGoToTenAtOnceAndWidgetUpdatesToOne() async throws {
        func requests(_ section: HMSSection) async throws -> Int {
            var notification = Notification()
            notification.hms = section
            let transport = transport()
            _ = try await prepared(transport, notification).outcomes((0..<20).map { token("h\($0)", harmony: true) }, now: now)
            return transport.requests.count
        }
        #expect(try await requests(HMSSection(payload: "{}", pushType: 1)) == 20)
        #expect(try await requests(HMSSection(payload: "{}", pushOptions: #"{"testMessage":true}"#)) == 2)
        #expect(try await requests(HMSSection(payload: "{}")) == 1)
    }

    @Test func aPushForOneKindLeavesTheOtherOut() throws {
        var notification = Notification()
        notification.hms = HMSSection(message: #"{"data":"x"}"#)
        let push = try prepared(transport(), notification)
        #expect(push.suits(token("a")) && !push.suits(token("h", harmony: true)))
    }

    @Test func aReasonNeverQuotesTokens() async throws {
        let transport = transport { _ in .json(#"{"code":"80100001","msg":"{\"illegal_tokens\":7,\"x\":\"token-of-a-device\"}"}"#) }
        #expect(try await prepared(transport).outcomes([token("token-of-a-device")], now: now) == [.rejected(reason: "Huawei answered 80100001")])
    }
}
