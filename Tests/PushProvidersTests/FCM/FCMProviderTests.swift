import Foundation
import HTTPTransport
import PushSender
import Synchronization
import Testing
import WebPush

@testable import PushProviders

@Suite struct FCMProviderTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    static func credential(_ more: [String: JSONValue] = [:], account changes: [String: JSONValue] = [:]) -> JSONValue {
        let account: [String: JSONValue] = [
            "project_id": .string("p-1"), "client_email": .string("a@p-1.example"), "private_key": .string(HMSCredentialSamples.privateKeyPEM),
            "token_uri": .string("https://oauth2.googleapis.com/token"),
        ]
        return .object(["service_account": .object(account.merging(changes) { $1 })].merging(more) { $1 })
    }

    private func transport(_ answer: @escaping @Sendable (TransportRequest) -> TransportReply) -> AnsweringTransport {
        let tokens = Atomic(0)
        return AnsweringTransport { request in
            guard request.url.hasSuffix("/token") else { return .success(answer(request)) }
            let number = tokens.add(1, ordering: .relaxed).newValue
            return .success(.json(#"{"access_token":"token\#(number)","expires_in":3599}"#))
        }
    }

    private func prepared(
        _ transport: AnsweringTransport, _ notification: PushSender.Notification = Notification(title: "T", body: "B"),
        policy: PushPolicy = PushPolicy(), credentials: [JSONValue] = [credential()]
    ) throws -> any PreparedPush {
        let table = CredentialTable<FCMCredential>()
        table.set(try credentials.map { try FCMCredential($0, now: now) }, for: .default)
        return FCMProvider(credentials: table, transport: transport)
            .prepare(.sample(notification, policy: policy), lane: Lane(app: .default, provider: .fcm))
    }

    private func accepted() -> AnsweringTransport { transport { _ in .json(#"{"name":"projects/p-1/messages/1"}"#) } }

    @Test func aPageIsARequestPerDeviceWithOneAccessToken() async throws {
        let transport = accepted()
        let prepared = try prepared(transport)
        for _ in 0..<2 {
            let outcomes = await prepared.outcomes([Token(address: "a"), Token(address: "b", kind: "fid")], now: now)
            #expect(outcomes == Array(repeating: .accepted(id: "projects/p-1/messages/1"), count: 2))
        }
        let sent = transport.requests(to: "messages:send")
        #expect(sent.count == 4 && transport.requests(to: "/token").count == 1)
        #expect(sent.allSatisfy { $0.url == "https://fcm.googleapis.com/v1/projects/p-1/messages:send" })
        #expect(sent.allSatisfy { $0.value(of: "authorization") == "Bearer token1" })
        for target in [#"{"message":{"token":"a","#, #"{"message":{"fid":"b","#] {
            #expect(sent.count { $0.text.hasPrefix(target) } == 2)
        }
    }

    @Test func aNeutralNotificationMeansTheSameOnEachPlatform() async throws {
        var notification = Notification(title: "T", body: "B", url: "https://x/", data: .object(["n": .integer(1), "s": .string("x")]))
        notification.subtitle = "S"
        notification.image = "https://x/i.png"
        notification.icon = "ic"
        notification.badge = 3
        notification.badgeIcon = "https://x/b.png"
        notification.sound = "bell"
        notification.tag = "g"
        notification.thread = "th"
        notification.category = "cat"
        notification.channel = "ch"
        notification.color = "#00ff00"
        notification.interruptionLevel = .critical
        notification.actions = [NotificationAction(action: "yes", title: "Yes", icon: "y.png")]
        let transport = accepted()
        let policy = PushPolicy(ttl: TTL(seconds: 60), urgency: .low, collapseKey: "ck")
        _ = try await prepared(transport, notification, policy: policy).outcomes([Token(address: "a")], now: now)
        let topic = try #require(WebPushCollapseKey.topic("ck")?.value)
        let expected = [
            ##"{"message":{"token":"a","android":{"collapseKey":"ck","notification":{"channelId":"ch","color":"#00ff00","icon":"ic","##,
            #""notificationCount":3,"notificationPriority":"PRIORITY_MAX","sound":"bell","tag":"g"},"priority":"NORMAL","ttl":"60s"},"#,
            #""apns":{"headers":{"apns-collapse-id":"ck","apns-expiration":"1800000060","apns-priority":"5","apns-push-type":"alert"},"#,
            #""payload":{"aps":{"alert":{"body":"B","subtitle":"S","title":"T"},"badge":3,"category":"cat","interruption-level":"critical","#,
            #""mutable-content":1,"sound":{"critical":1,"name":"bell","volume":1},"thread-id":"th"}}},"#,
            #""data":{"herald_id":"01234567-0000-7000-8000-000000000000","herald_url":"https://x/","n":"1","s":"x"},"#,
            #""notification":{"body":"B","image":"https://x/i.png","title":"T"},"#,
            #""webpush":{"fcmOptions":{"link":"https://x/"},"headers":{"TTL":"60","Topic":"\#(topic)","Urgency":"low"},"#,
            #""notification":{"actions":[{"action":"yes","icon":"y.png","title":"Yes"}],"badge":"https://x/b.png","icon":"ic","#,
            #""requireInteraction":true,"tag":"g"}}}}"#,
        ].joined()
        #expect(transport.requests(to: "messages:send").first?.text == expected)
    }

    @Test func aBackgroundPushShowsNothingAndWakesGently() async throws {
        var notification = Notification(data: .array([.integer(1)]))
        notification.background = true
        let transport = accepted()
        _ = try await prepared(transport, notification).outcomes([Token(address: "a")], now: now)
        let text = try #require(transport.requests(to: "messages:send").first?.text)
        #expect(text.contains(#""android":{"priority":"NORMAL","ttl":"2419200s"}"#))
        #expect(text.contains(#""apns-priority":"5","apns-push-type":"background"}"#) && text.contains(#"{"aps":{"content-available":1}}"#))
        #expect(text.contains(#""data":"[1]""#) && !text.contains(#""notification""#))
    }

    @Test func whatIsLeftOfTheTTLIsSent() async throws {
        let transport = accepted()
        let prepared = try prepared(transport, policy: PushPolicy(ttl: TTL(seconds: 100)))
        _ = await prepared.outcomes([Token(address: "a")], now: now.addingTimeInterval(40))
        let text = try #require(transport.requests(to: "messages:send").first?.text)
        #expect(text.contains(#""ttl":"60s""#) && text.contains(#""apns-expiration":"1800000100""#) && text.contains(#""TTL":"60""#))
    }

    @Test func aRawMessageWinsAndGoesByteForByte() async throws {
        var notification = Notification(title: "not sent")
        notification.fcm = FCMSection(message: #"{ "data" : {"v":"1.0"} }"#)
        let transport = accepted()
        _ = try await prepared(transport, notification).outcomes([Token(address: "a")], now: now)
        #expect(transport.requests(to: "messages:send").first?.text == #"{"message":{"token":"a", "data" : {"v":"1.0"} }}"#)
    }

    @Test func aRefusedAccessTokenIsRenewedOnceAndThenSomebodyHasToLook() async throws {
        let transport = transport { _ in .json(#"{"error":{"status":"UNAUTHENTICATED"}}"#, status: 401) }
        let prepared = try prepared(transport)
        let first = await prepared.outcomes([Token(address: "a"), Token(address: "b")], now: now)
        #expect(first.allSatisfy { if case .unavailable = $0 { true } else { false } }, "\(first)")
        let second = await prepared.outcomes([Token(address: "a")], now: now)
        #expect(second.allSatisfy { if case .unauthorized = $0 { true } else { false } }, "\(second)")
        #expect(transport.requests(to: "messages:send").last?.value(of: "authorization") == "Bearer token2")
    }

    @Test func withoutCredentialsTheOperatorIsTold() async throws {
        let outcome = try await prepared(accepted(), credentials: []).outcomes([Token(address: "a")], now: now).first ?? nil
        guard case .unauthorized(let problem) = outcome else {
            Issue.record("\(String(describing: outcome))")
            return
        }
        #expect(problem.contains("PUT /v1/apps/{app}/providers/fcm"))
    }

    @Test func aDeviceOfAnotherProjectGoesToThatProject() async throws {
        let transport = accepted()
        let prepared = try prepared(
            transport, credentials: [Self.credential(), Self.credential(["project_id": .string("p-2")])])
        _ = await prepared.outcomes([Token(address: "a", appIdentifier: "p-2"), Token(address: "b")], now: now)
        #expect(Set(transport.requests(to: "messages:send").map(\.url)) == [
            "https://fcm.googleapis.com/v1/projects/p-1/messages:send", "https://fcm.googleapis.com/v1/projects/p-2/messages:send",
        ])
    }

    // MARK: Before anything is sent

    private func problem(_ notification: PushSender.Notification, _ policy: PushPolicy = PushPolicy()) -> PushProblem? {
        FCMProvider(credentials: CredentialTable(), transport: accepted()).problem(with: notification, policy: policy)
    }

    @Test func impossibleNotificationsAreNamed() {
        #expect(problem(Notification(title: "t")) == nil)
        #expect(problem(Notification(title: "t", data: .object(["from": .string("x")])))?.field == "notification.data.from")
        #expect(problem(Notification(title: "t", data: .object(["google.a": .integer(1)])))?.field == "notification.data.google.a")
        #expect(problem(Notification(title: "t", data: .object(["herald_id": .integer(1)])))?.field == "notification.data.herald_id")
        let long = problem(Notification(title: String(repeating: "é", count: 2100)))
        #expect(long?.field == "notification" && long?.code == .tooLarge)
        var coloured = Notification(title: "t")
        coloured.color = "red"
        #expect(problem(coloured)?.field == "notification.color")
        var raw = Notification()
        raw.fcm = FCMSection(message: #"{"token":"mine"}"#)
        #expect(problem(raw)?.field == "notification.fcm.message")
        var negative = Notification(title: "t")
        negative.badge = -1
        #expect(problem(negative)?.field == "notification.badge")
        var foreign = Notification()
        foreign.apns = APNsSection(payload: #"{"aps":{}}"#)
        #expect(problem(foreign) == nil, "it says nothing to FCM")
    }
}

@Suite struct FCMCredentialTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func field(_ fields: JSONValue) -> String? {
        do throws(CredentialProblem) {
            _ = try FCMCredential(fields, now: now)
            return nil
        } catch {
            return error.field
        }
    }

    @Test func whatIsWrongIsNamedWhenItIsSet() {
        #expect(field(.object([:])) == "service_account")
        #expect(field(.object(["service_account": .string("{")])) == "service_account")
        #expect(field(FCMProviderTests.credential(account: ["private_key": .string("x")])) == "service_account.private_key")
        #expect(field(FCMProviderTests.credential(account: ["client_email": .null])) == "service_account.client_email")
        #expect(field(FCMProviderTests.credential(["endpoint": .string("https://x/path")])) == "endpoint")
        #expect(field(FCMProviderTests.credential()) == nil)
    }

    @Test func theDownloadedTextIsAsGoodAsTheObject() throws {
        guard case .object(let members)? = FCMProviderTests.credential()["service_account"] else { return }
        let text = String(decoding: try JSONEncoder().encode(members), as: UTF8.self)
        let credential = try FCMCredential(.object(["service_account": .string(text)]), now: now)
        #expect(credential.summary == ["project_id": "p-1", "client_email": "a@p-1.example"], "and no secret is shown")
    }

    struct Verification: Sendable, CustomTestStringConvertible {
        let token: TransportReply
        let send: TransportReply
        let expected: String
        var testDescription: String { "\(token.status) \(send.status) \(expected)" }
    }

    private static let good = TransportReply.json(#"{"access_token":"t","expires_in":3599}"#)
    private static func fcm(_ code: String, _ status: Int) -> TransportReply {
        .json(#"{"error":{"details":[{"@type":"type.googleapis.com/google.firebase.fcm.v1.FcmError","errorCode":"\#(code)"}]}}"#, status: status)
    }

    @Test(arguments: [
        Verification(token: good, send: .json(#"{"name":"fake"}"#), expected: "accepted"),
        Verification(token: good, send: fcm("INVALID_ARGUMENT", 400), expected: "accepted"),
        Verification(token: good, send: fcm("UNREGISTERED", 404), expected: "accepted"),
        Verification(token: good, send: .json("{}", status: 403), expected: "service_account"),
        Verification(token: good, send: .json("{}", status: 404), expected: "project_id"),
        Verification(token: good, send: .json("{}", status: 401), expected: "service_account.private_key"),
        Verification(token: good, send: .json("{}", status: 503), expected: "unknown"),
        Verification(token: .json(#"{"error":"invalid_grant"}"#, status: 400), send: good, expected: "service_account.private_key"),
        Verification(token: .json("", status: 503), send: good, expected: "unknown"),
    ])
    func theProvidersWordCounts(_ verification: Verification) async throws {
        let transport = AnsweringTransport { .success($0.url.hasSuffix("/token") ? verification.token : verification.send) }
        switch try await FCMCredential(FCMProviderTests.credential(), now: now).verify(over: transport, now: now) {
        case .accepted: #expect(verification.expected == "accepted")
        case .unknown: #expect(verification.expected == "unknown")
        case .refused(let problem): #expect(problem.field == verification.expected)
        }
        #expect(transport.requests(to: "messages:send").allSatisfy { $0.text.contains(#""validate_only":true"#) }, "no device is reached")
    }
}
