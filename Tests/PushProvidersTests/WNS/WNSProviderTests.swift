import Foundation
import HTTPTransport
import JSON
import PushProviders
import PushSender
import Testing
import WebPush

@Suite struct WNSProviderTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)
    private static let entra: [String: JSONValue] = [
        "tenant_id": .string("t"), "client_id": .string("c"), "client_secret": .string("not-a-secret"),
    ]
    private let channel = Token(address: "https://db5p.notify.windows.com/?token=a%2bb")

    private func transport(_ reply: @escaping @Sendable () -> TransportReply = { TransportReply(status: 200) }) -> AnsweringTransport {
        AnsweringTransport { request in
            request.url.contains("login.") ? .success(.json(#"{"access_token":"at","expires_in":"86399"}"#)) : .success(reply())
        }
    }

    private func prepared(
        _ transport: AnsweringTransport, _ notification: PushSender.Notification = Notification(title: "T"),
        _ fields: [String: JSONValue]? = entra, policy: PushPolicy = PushPolicy(ttl: TTL(seconds: 60))
    ) throws -> any PreparedPush {
        let table = CredentialTable<WNSCredential>()
        if let fields { table.set([try WNSCredential(.object(fields), now: now)], for: .default) }
        return WNSProvider(credentials: table, transport: transport).prepare(
            .sample(notification, policy: policy), lane: Lane(app: .default, provider: .wns))
    }

    private func request(_ notification: PushSender.Notification, policy: PushPolicy = PushPolicy(ttl: TTL(seconds: 60))) async throws -> TransportRequest {
        let transport = transport()
        #expect(try await prepared(transport, notification, policy: policy).outcomes([channel], now: now.addingTimeInterval(10)) == [.accepted(id: nil)])
        return try #require(transport.requests(to: "notify.windows.com").first)
    }

    @Test func aToastSaysWhatMicrosoftWants() async throws {
        var notification = Notification(title: "T", body: "B & C", url: "https://a.example/?x=1&y=2")
        notification.subtitle = "S"
        notification.image = "https://i"
        notification.icon = "https://l"
        notification.sound = "bell.wav"
        notification.thread = "thread"
        notification.interruptionLevel = .timeSensitive
        notification.actions = [NotificationAction(action: "ok", title: "OK"), NotificationAction(action: "web", title: "Web", url: "https://w")]
        let request = try await request(notification)
        #expect(request.url == channel.address, "a channel URI is never written anew")
        #expect(request.method == "POST")
        #expect(
            request.headers.map { "\($0.name): \($0.value)" } == [
                "authorization: Bearer at", "content-type: text/xml", "x-wns-type: wns/toast", "x-wns-cache-policy: cache", "x-wns-ttl: 50",
                "x-wns-group: thread",
            ])
        #expect(
            request.text
                == #"<toast launch="https://a.example/?x=1&amp;y=2" activationType="protocol" scenario="urgent"><visual><binding template="ToastGeneric"><text>T</text><text>S</text><text>B &amp; C</text><image placement="hero" src="https://i"/><image placement="appLogoOverride" src="https://l"/></binding></visual><audio src="ms-appx:///bell.wav"/><actions><action content="OK" arguments="ok" activationType="foreground"/><action content="Web" arguments="https://w" activationType="protocol"/></actions></toast>"#)
    }

    @Test func aPassiveToastIsSilentAndHandsItsDataOver() async throws {
        var notification = Notification(title: "T")
        notification.interruptionLevel = .passive
        notification.data = .object(["n": .integer(1)])
        let request = try await request(notification)
        #expect(request.value(of: "x-wns-suppresspopup") == "true")
        #expect(request.text.contains(#"<audio silent="true"/>"#) && request.text.contains(#"launch="{&quot;n&quot;:1}""#))
    }

    @Test func aNumberIsABadgeAndDataIsRaw() async throws {
        var badge = Notification()
        badge.badge = 0
        #expect(try await request(badge).text == #"<badge value="0"/>"#)
        var background = Notification(title: "unseen")
        background.background = true
        background.data = .object(["n": .integer(1)])
        let raw = try await request(background)
        #expect(raw.text == #"{"data":{"n":1},"id":"01234567-0000-7000-8000-000000000000"}"#)
        #expect(raw.value(of: "x-wns-type") == "wns/raw" && raw.value(of: "content-type") == "application/octet-stream")
        #expect(raw.value(of: "x-wns-cache-policy") == "cache", "it is kept as long as the push says")
    }

    @Test func nowOrNeverIsNotKept() async throws {
        let request = try await request(Notification(title: "T"), policy: PushPolicy(ttl: TTL(seconds: 0)))
        #expect(request.value(of: "x-wns-cache-policy") == "no-cache" && request.value(of: "x-wns-ttl") == nil)
    }

    @Test func tagsAreWhatMicrosoftTakes() async throws {
        func tag(_ tag: String?, _ collapseKey: String?) async throws -> String? {
            var notification = Notification(title: "T")
            notification.tag = tag
            return try await request(notification, policy: PushPolicy(collapseKey: collapseKey)).value(of: "x-wns-tag")
        }
        #expect(try await tag(nil, nil) == nil)
        #expect(try await tag("abc", "key") == "abc")
        #expect(try await tag(nil, "key") == "key")
        let digest = try #require(try await tag(nil, "scores of the day"))
        #expect(digest.count == 16 && digest.allSatisfy(\.isHexDigit))
        #expect(try await tag("scores of the day", nil) == digest)
        #expect(try await tag("scores of the night", nil) != digest)
    }

    @Test func aRawSectionGoesOutByteForByte() async throws {
        var notification = Notification(title: "unused")
        notification.wns = WNSSection(type: "wns/tile", payload: "<tile ><!-- as it is --></tile>", tag: "t1")
        let request = try await request(notification)
        #expect(request.text == "<tile ><!-- as it is --></tile>")
        #expect(request.value(of: "x-wns-type") == "wns/tile" && request.value(of: "x-wns-tag") == "t1")
    }

    @Test(arguments: ["https://evil.com/?token=a", "http://db5p.notify.windows.com/", "https://db5p.notify.windows.com@evil.com/", "http://localhost:9001/x"])
    func aStrangerNeverGetsTheAccessToken(_ address: String) async throws {
        let transport = transport()
        let outcomes = try await prepared(transport).outcomes([Token(address: address), channel], now: now)
        guard case .rejected = outcomes[0] else { return #expect(Bool(false), "\(outcomes)") }
        #expect(outcomes[1] == .accepted(id: nil), "the others are sent")
        #expect(!transport.requests.contains { $0.url == address })
    }

    @Test func theOperatorsOriginIsTrusted() async throws {
        let transport = transport()
        let fields = Self.entra.merging(["endpoint": .string("http://localhost:9001")]) { $1 }
        #expect(try await prepared(transport, Notification(title: "T"), fields).outcomes([Token(address: "http://localhost:9001/x")], now: now) == [.accepted(id: nil)])
    }

    @Test func oneAccessTokenServesAll() async throws {
        let transport = transport()
        let push = try prepared(transport)
        for _ in 0..<3 { _ = await push.outcomes(Array(repeating: channel, count: 100), now: now) }
        #expect(transport.requests(to: "login.").count == 1)
        #expect(transport.requests(to: "notify.windows.com").count == 300)
    }

    @Test func aRefusedAccessTokenIsRenewedOnce() async throws {
        let transport = transport { TransportReply(status: 401) }
        let push = try prepared(transport)
        let first = await push.outcomes([channel, channel], now: now)
        for outcome in first { guard case .unavailable = outcome else { return #expect(Bool(false), "\(first)") } }
        let second = await push.outcomes([channel, channel], now: now.addingTimeInterval(1))
        for outcome in second { guard case .unauthorized = outcome else { return #expect(Bool(false), "\(second)") } }
        #expect(transport.requests(to: "login.").count == 2)
    }

    @Test func withoutCredentialsNothingIsSentAndSomebodyIsTold() async throws {
        let transport = transport()
        guard case .unauthorized(let problem) = try await prepared(transport, Notification(title: "T"), nil).outcomes([channel], now: now).first else {
            return #expect(Bool(false))
        }
        #expect(problem.contains("PUT /v1/apps/{app}/providers/wns") && transport.requests.isEmpty)
    }

    @Test func aPushForAnotherProviderAloneLeavesWindowsOut() throws {
        var notification = Notification()
        notification.apns = APNsSection(payload: "{}")
        #expect(try !prepared(transport(), notification).suits(channel))
        notification.wns = WNSSection(type: "wns/raw", payload: "x")
        #expect(try prepared(transport(), notification).suits(channel))
        #expect(try prepared(transport()).suits(channel))
    }

    @Test func theFieldAtFaultIsNamed() {
        func problem(_ change: (inout PushSender.Notification) -> Void) -> PushProblem? {
            var notification = Notification()
            change(&notification)
            return WNSProvider(credentials: CredentialTable(), transport: AnsweringTransport(status: 200)).problem(with: notification, policy: PushPolicy())
        }
        #expect(problem { $0.title = "T" } == nil)
        #expect(problem { $0.apns = APNsSection(payload: "{}") } == nil, "nothing of ours")
        #expect(problem { $0.badge = -1 }?.field == "notification.badge")
        let tooLarge = problem { $0.body = String(repeating: "☂", count: 1700) }
        #expect(tooLarge?.code == .tooLarge && tooLarge?.field == "notification")
        #expect(problem { $0.wns = WNSSection(type: "wns/raw", payload: String(repeating: "x", count: 5000)) } == nil)
        let raw = problem { $0.wns = WNSSection(type: "wns/raw", payload: String(repeating: "x", count: 5001)) }
        #expect(raw?.code == .tooLarge && raw?.field == "notification.wns.payload")
        #expect(problem { $0.wns = WNSSection(type: "toast", payload: "x") }?.field == "notification.wns.type")
        #expect(problem { $0.wns = WNSSection(type: "wns/raw", payload: "x", tag: "a-b") }?.field == "notification.wns.tag")
        #expect(problem { $0.wns = WNSSection(type: "wns/raw", payload: "") }?.field == "notification.wns.payload")
    }
}
