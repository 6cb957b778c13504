import Foundation
import HTTPTransport
import PushProviders
import PushSender
import Synchronization
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
        let transport = RecordingTransport()
        let provider = WebPushProvider(transport: transport, vapid: VAPIDTokenCache(key: vapid, subject: nil))
        let subscription = PushSubscription(
            endpoint: try WebPushEndpoint(endpoint), expirationTime: nil, keys: userAgent.keys)
        let recipient = Recipient(device: DeviceID(rawValue: "d"), token: subscription.token)
        let outcome = await provider.prepare(push).attempt(recipient, now: now.addingTimeInterval(10))
        #expect(outcome == .accepted(id: "https://push.example.net/m/1"))
        return try #require(transport.requests.first)
    }

    private func opened(_ request: TransportRequest) throws -> [String: Any] {
        let plaintext = try MessageEncryption.open(request.body, with: userAgent)
        return try #require(try JSONSerialization.jsonObject(with: Data(plaintext)) as? [String: Any])
    }

    @Test func aNotificationTravelsSealedAndDeclared() async throws {
        let request = try await send(
            push(
                Notification(
                    title: "Hello", body: "World", url: "https://a.example/",
                    data: .object(["some_key": .integer(3), "camelKey": .bool(true)]))))
        let payload = try opened(request)
        #expect(payload["web_push"] as? Int == 8030)
        #expect(payload["id"] as? String == "01234567-0000-7000-8000-000000000000")
        let notification = try #require(payload["notification"] as? [String: Any])
        #expect(notification["title"] as? String == "Hello")
        #expect(notification["navigate"] as? String == "https://a.example/")
        let data = try #require(notification["data"] as? [String: Any])
        #expect(data["some_key"] as? Int == 3 && data["camelKey"] as? Bool == true, "the App's own names are not touched")
    }

    @Test func aRawSectionGoesOutAsItIs() async throws {
        let text = Notification(title: "unused", webpush: .init(payload: .string("just text ☂")))
        let request = try await send(push(text))
        #expect(String(decoding: try MessageEncryption.open(request.body, with: userAgent), as: UTF8.self) == "just text ☂")
    }

    @Test func theRequestSaysWhatRFC8030Wants() async throws {
        let request = try await send(push(Notification(title: "t"), collapseKey: "any text at all, however long it may be"))
        let headers = Dictionary(request.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first }
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

    @Test func whatNoPushServiceTakesIsRefusedBeforehand() {
        let provider = WebPushProvider(
            transport: RecordingTransport(), vapid: VAPIDTokenCache(key: vapid, subject: nil))
        func problem(_ bytes: Int) -> PushProblem? {
            provider.problem(
                with: Notification(webpush: .init(payload: .string(String(repeating: "x", count: bytes)))),
                policy: PushPolicy())
        }
        #expect(problem(3993) == nil)
        #expect(problem(3994)?.code == .tooLarge)
        #expect(problem(3994)?.message.contains("3994") == true)
    }
}

private final class RecordingTransport: Transport {
    private let recorded = Mutex<[TransportRequest]>([])
    var requests: [TransportRequest] { recorded.withLock { $0 } }

    func send(_ request: TransportRequest, within deadline: Duration) async throws(TransportError) -> TransportReply {
        recorded.withLock { $0.append(request) }
        return TransportReply(status: 201, headers: [("location", "https://push.example.net/m/1")])
    }
}
