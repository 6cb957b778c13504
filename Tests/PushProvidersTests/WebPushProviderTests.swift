import Foundation
import HTTPTransport
import JSON
import PushProviders
import PushSender
import Testing
import WebPush

@Suite struct WebPushProviderTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)
    private let userAgent = UserAgentKey()
    private let vapid = VAPIDKey()

    private func push(_ notification: PushSender.Notification, collapseKey: String? = nil, ttlSeconds: Int = 60) -> Push {
        Push(
            id: PushID(rawValue: "01234567-0000-7000-8000-000000000000"), app: .default, audience: .everyone,
            notification: notification,
            policy: PushPolicy(ttl: TTL(seconds: ttlSeconds), urgency: .high, collapseKey: collapseKey), createdAt: now)
    }

    private func send(_ push: Push, to endpoint: String = "https://push.example.net/x%2by") async throws -> TransportRequest {
        let transport = transport()
        let outcomes = await provider(transport).prepare(push, lane: lane).outcomes([try token(endpoint)], now: now.addingTimeInterval(10))
        #expect(outcomes == [.accepted(id: "https://push.example.net/m/1")])
        return try #require(transport.requests.first)
    }

    private let lane = Lane(app: .default, provider: .webPush)

    private func transport() -> AnsweringTransport {
        AnsweringTransport(status: 201, headers: [("location", "https://push.example.net/m/1")])
    }

    private func provider(_ transport: AnsweringTransport, keys: [VAPIDKey]? = nil) -> WebPushProvider {
        let table = CredentialTable<WebPushCredential>()
        table.set((keys ?? [vapid]).map { WebPushCredential(key: $0, subject: nil) }, for: .default)
        return WebPushProvider(credentials: table, transport: transport)
    }

    private func token(_ endpoint: String = "https://push.example.net/x", appIdentifier: String = "") throws -> Token {
        var token = PushSubscription(endpoint: try WebPushEndpoint(endpoint), expirationTime: nil, keys: userAgent.keys).token
        token.appIdentifier = appIdentifier
        return token
    }

    private func opened(_ request: TransportRequest) throws -> [String: Any] {
        let plaintext = try MessageEncryption.open(request.body, with: userAgent)
        return try #require(try JSONSerialization.jsonObject(with: Data(plaintext)) as? [String: Any])
    }

    @Test func aNotificationTravelsSealedAndDeclared() async throws {
        var notification = Notification(title: "Hello", body: "World", url: "https://a.example/")
        notification.data = .object(["some_key": .integer(3), "camelKey": .bool(true)])
        let payload = try opened(try await send(push(notification)))
        #expect(payload["web_push"] as? Int == 8030)
        #expect(payload["id"] as? String == "01234567-0000-7000-8000-000000000000")
        let declared = try #require(payload["notification"] as? [String: Any])
        #expect(declared["title"] as? String == "Hello")
        #expect(declared["navigate"] as? String == "https://a.example/")
        let data = try #require(declared["data"] as? [String: Any])
        #expect(data["some_key"] as? Int == 3 && data["camelKey"] as? Bool == true, "the App's own names are not touched")
    }

    @Test func aRawSectionGoesOutAsItIs() async throws {
        var text = Notification(title: "unused")
        text.webpush = WebPushSection(payload: "just text ☂")
        let request = try await send(push(text))
        #expect(String(decoding: try MessageEncryption.open(request.body, with: userAgent), as: UTF8.self) == "just text ☂")
    }

    @Test func theRequestSaysWhatRFC8030Wants() async throws {
        let request = try await send(push(Notification(title: "t"), collapseKey: "any text at all, however long it may be"))
        let headers = Dictionary(request.headers.map { ($0.name, $0.value) }) { first, _ in first }
        #expect(request.url == "https://push.example.net/x%2by", "an endpoint is never written anew")
        #expect(request.method == "POST")
        #expect(headers["ttl"] == "50", "what is left of it")
        #expect(headers["urgency"] == "high")
        #expect(headers["content-encoding"] == "aes128gcm")
        #expect(headers["topic"]?.count == 32)
        let authorization = try VAPIDAuthorization(
            authorization: try #require(headers["authorization"]), cryptoKey: nil)
        #expect(authorization.publicKey == vapid.publicKey)
        #expect(try authorization.verify(audience: "https://push.example.net", now: now).audience == "https://push.example.net")
    }

    @Test func microsoftIsToldWhetherToKeepTheMessage() async throws {
        func policy(_ push: Push, _ endpoint: String) async throws -> String? {
            try await send(push, to: endpoint).headers.first { $0.name == "x-wns-cache-policy" }?.value
        }
        let microsoft = "https://db5p.notify.windows.com/w/?token=a%2bb"
        #expect(try await policy(push(Notification(title: "t")), microsoft) == "cache")
        #expect(try await policy(push(Notification(title: "t"), ttlSeconds: 0), microsoft) == "no-cache")
        #expect(try await policy(push(Notification(title: "t")), "https://push.example.net/x") == nil)
    }

    @Test func appleGetsAPositiveTTL() async throws {
        func ttl(_ endpoint: String, _ seconds: Int) async throws -> String? {
            try await send(push(Notification(title: "t"), ttlSeconds: seconds), to: endpoint).value(of: "ttl")
        }
        #expect(try await ttl("https://web.push.apple.com/x", 0) == "1")
        #expect(try await ttl("https://web.push.apple.com/x", 60) == "50")
        #expect(try await ttl("https://push.example.net/x", 0) == "0")
    }

    @Test func whatNoPushServiceTakesIsRefusedBeforehand() {
        func problem(_ change: (inout PushSender.Notification) -> Void) -> PushProblem? {
            var notification = Notification()
            change(&notification)
            return provider(transport()).problem(with: notification, policy: PushPolicy())
        }
        func raw(_ bytes: Int) -> PushProblem? { problem { $0.webpush = WebPushSection(payload: String(repeating: "x", count: bytes)) } }
        #expect(raw(3993) == nil)
        #expect(raw(3994)?.code == .tooLarge && raw(3994)?.field == "notification.webpush.payload")
        #expect(raw(3994)?.message.contains("3994") == true)
        #expect(problem { $0.body = String(repeating: "☂", count: 1300) }?.field == nil)
        #expect(problem { $0.body = String(repeating: "☂", count: 1330) }?.field == "notification")
        #expect(problem { $0.badge = -1 }?.field == "notification.badge")
    }

    @Test func everyDeviceOfAPageIsSealedForItself() async throws {
        let transport = AnsweringTransport { request in
            request.url.hasSuffix("/7") ? .success(TransportReply(status: 410)) : .success(TransportReply(status: 201))
        }
        var tokens = try (0..<200).map { try token("https://push.example.net/\($0)") }
        tokens[150] = Token(address: "not a URL", keys: tokens[0].keys)
        tokens[151] = Token(address: "https://push.example.net/151", keys: [1, 2, 3])
        let outcomes = await provider(transport).prepare(push(Notification(title: "t")), lane: lane).outcomes(tokens, now: now)
        for (index, outcome) in outcomes.enumerated() {
            switch index {
            case 7: #expect(outcome == .unregistered(since: nil))
            case 150, 151:
                guard case .rejected = outcome else { return #expect(Bool(false), "\(index): \(String(describing: outcome))") }
            default: #expect(outcome == .accepted(id: nil))
            }
        }
        #expect(transport.requests.count == 198)
        #expect(Set(transport.requests.map(\.body)).count == 198, "no two messages share key and salt")
    }

    @Test func eachSubscriptionGetsTheKeyItWasMadeWith() async throws {
        let (old, new) = (VAPIDKey(), VAPIDKey())
        let transport = transport()
        let tokens = [try token(), try token(appIdentifier: old.publicKeyBase64URL), try token(appIdentifier: "gone")]
        let outcomes = await provider(transport, keys: [new, old]).prepare(push(Notification(title: "t")), lane: lane).outcomes(tokens, now: now)
        let keys = try transport.requests.map { try VAPIDAuthorization(authorization: $0.value(of: "authorization") ?? "", cryptoKey: nil).publicKey }
        #expect(Set(keys) == [new.publicKey, old.publicKey])
        guard case .unauthorized(let problem) = outcomes[2] else { return #expect(Bool(false)) }
        #expect(problem.contains("PUT /v1/apps/{app}/providers/webpush"))
    }

    @Test func withoutAKeyNothingIsSent() async throws {
        let transport = transport()
        guard case .unauthorized = await provider(transport, keys: []).prepare(push(Notification(title: "t")), lane: lane).outcomes([try token()], now: now).first
        else { return #expect(Bool(false)) }
        #expect(transport.requests.isEmpty)
    }

    @Test func aPushForAnotherProviderAloneLeavesBrowsersOut() throws {
        var notification = Notification()
        notification.apns = APNsSection(payload: "{}")
        let token = try token()
        #expect(!provider(transport()).prepare(push(notification), lane: lane).suits(token))
        notification.webpush = WebPushSection(payload: "x")
        #expect(provider(transport()).prepare(push(notification), lane: lane).suits(token))
    }

    @Test func theFarSideIsTheOrigin() {
        let provider = provider(transport())
        #expect(provider.farSide(of: Token(address: "https://Push.Example.net:443/a/b?c")) == "https://push.example.net")
        #expect(provider.farSide(of: Token(address: "http://localhost:8080/x")) == "http://localhost:8080")
        #expect(provider.farSide(of: Token(address: "https://db5p.notify.windows.com/w/?token=a%2bb")) == "https://db5p.notify.windows.com")
        #expect(provider.farSide(of: Token(address: "https://push.example.net")) == "https://push.example.net")
        for text in ["nonsense", "https://", "https:///x", "https://user@push.example.net/x"] { #expect(provider.farSide(of: Token(address: text)) == nil) }
    }
}
