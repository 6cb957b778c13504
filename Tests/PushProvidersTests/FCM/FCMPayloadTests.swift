import Foundation
import HTTPTransport
import JSON
import PushSender
import Testing
import WebPush

@testable import PushProviders

/// One notification, and what it is on each of FCM's platforms.
@Suite struct FCMPayloadTests {
    private let now = FCMSamples.now

    private func sent(
        _ notification: PushSender.Notification, policy: PushPolicy = PushPolicy(), after seconds: Double = 0
    ) async throws -> String {
        let transport = FCMSamples.transport()
        _ = try await FCMSamples.prepared(over: transport, notification, policy: policy)
            .outcomes([Token(address: "a")], now: now.addingTimeInterval(seconds))
        return try #require(transport.requests(to: "messages:send").first?.text)
    }

    /// A member of the message as it was sent.
    private func member(_ path: String..., of text: String) throws -> JSONValue? {
        let body = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        return path.reduce(body["message"]) { $0?[$1] }
    }

    private static let everything: PushSender.Notification = {
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
        return notification
    }()

    @Test func aNeutralNotificationMeansTheSameOnEachPlatform() async throws {
        let policy = PushPolicy(ttl: TTL(seconds: 60), urgency: .low, collapseKey: "ck")
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
        #expect(try await sent(Self.everything, policy: policy) == expected)
    }

    @Test func theLeastNotificationSaysNoMoreThanItMust() async throws {
        let expected = [
            #"{"message":{"token":"a","android":{"priority":"HIGH","ttl":"2419200s"},"#,
            #""apns":{"headers":{"apns-expiration":"1802419200","apns-priority":"10","apns-push-type":"alert"},"#,
            #""payload":{"aps":{"alert":{"title":"T"}}}},"data":{"herald_id":"01234567-0000-7000-8000-000000000000"},"#,
            #""notification":{"title":"T"},"webpush":{"headers":{"TTL":"2419200","Urgency":"normal"}}}}"#,
        ].joined()
        #expect(try await sent(Notification(title: "T")) == expected)
    }

    @Test(arguments: [
        (Urgency.high, false, "HIGH", "10"), (.normal, false, "HIGH", "10"), (.low, false, "NORMAL", "5"), (.veryLow, false, "NORMAL", "1"),
        (.high, true, "NORMAL", "5"), (.normal, true, "NORMAL", "5"), (.low, true, "NORMAL", "5"), (.veryLow, true, "NORMAL", "1"),
    ])
    func urgencyBecomesPriority(_ urgency: Urgency, _ isBackground: Bool, _ android: String, _ apple: String) async throws {
        var notification = Notification(title: isBackground ? nil : "T", data: .object([:]))
        notification.background = isBackground
        let text = try await sent(notification, policy: PushPolicy(urgency: urgency))
        #expect(try member("android", "priority", of: text) == .string(android))
        #expect(try member("apns", "headers", "apns-priority", of: text) == .string(apple))
        #expect(try member("webpush", "headers", "Urgency", of: text) == .string(urgency.rawValue))
    }

    @Test func aBackgroundPushShowsNothing() async throws {
        var notification = Notification(data: .array([.integer(1)]))
        notification.background = true
        let text = try await sent(notification)
        #expect(try member("apns", "headers", "apns-push-type", of: text) == .string("background"))
        #expect(try member("apns", "payload", of: text) == .object(["aps": .object(["content-available": .integer(1)])]))
        #expect(try member("data", "data", of: text) == .string("[1]"))
        #expect(!text.contains(#""notification""#))
    }

    @Test func aBadgeAloneIsSeenOnIOSAndDataOnAndroid() async throws {
        var notification = Notification()
        notification.badge = 0
        let text = try await sent(notification)
        #expect(try member("apns", "payload", of: text) == .object(["aps": .object(["badge": .integer(0)])]))
        #expect(try member("apns", "headers", "apns-push-type", of: text) == .string("alert"))
        #expect(try member("android", of: text) == .object(["priority": .string("NORMAL"), "ttl": .string("2419200s")]))
    }

    @Test func aSubtitleAloneIsSeenOnIOS() async throws {
        var notification = Notification()
        notification.subtitle = "S"
        let text = try await sent(notification)
        #expect(try member("apns", "payload", "aps", "alert", of: text) == .object(["subtitle": .string("S")]))
    }

    @Test(arguments: [
        (InterruptionLevel?.none, JSONValue?.none, JSONValue?.none, JSONValue?.none),
        (.passive, .string("PRIORITY_LOW"), .bool(true), nil), (.active, nil, nil, nil),
        (.timeSensitive, .string("PRIORITY_HIGH"), nil, .bool(true)), (.critical, .string("PRIORITY_MAX"), nil, .bool(true)),
    ])
    func interruptionLevelsAreMapped(
        _ level: InterruptionLevel?, _ android: JSONValue?, _ silent: JSONValue?, _ requireInteraction: JSONValue?
    ) async throws {
        var notification = Notification(title: "T")
        notification.interruptionLevel = level
        let text = try await sent(notification)
        #expect(try member("android", "notification", "notificationPriority", of: text) == android)
        #expect(try member("apns", "payload", "aps", "interruption-level", of: text) == level.map { .string($0.rawValue) })
        #expect(try member("webpush", "notification", "silent", of: text) == silent)
        #expect(try member("webpush", "notification", "requireInteraction", of: text) == requireInteraction)
    }

    @Test func dataAreTexts() async throws {
        let data: [String: JSONValue] = [
            "i": .integer(1), "n": .number(1.5), "b": .bool(true), "0": .null, "s": .string("a\"b"), "a": .array([.integer(1), .string("x")]),
            "o": .object(["z": .bool(false), "a": .string("/")]),
        ]
        let expected: [String: JSONValue] = [
            "i": .string("1"), "n": .string("1.5"), "b": .string("true"), "0": .string("null"), "s": .string("a\"b"),
            "a": .string(#"[1,"x"]"#), "o": .string(#"{"a":"/","z":false}"#), "herald_id": .string("01234567-0000-7000-8000-000000000000"),
        ]
        #expect(try member("data", of: try await sent(Notification(title: "T", data: .object(data)))) == .object(expected))
    }

    @Test func onlySecureLinksAreGivenToBrowsers() async throws {
        for url in ["http://x/", "/relative", "app:open"] {
            let text = try await sent(Notification(title: "T", url: url))
            #expect(try member("webpush", "fcmOptions", of: text) == nil)
            #expect(try member("data", "herald_url", of: text) == .string(url))
        }
    }

    @Test(arguments: [("ck", "ck"), (String(repeating: "k", count: 64), String(repeating: "k", count: 64))])
    func aCollapseKeyThatAppleTakesStaysAsItIs(_ key: String, _ id: String) async throws {
        let text = try await sent(Notification(title: "T"), policy: PushPolicy(collapseKey: key))
        #expect(try member("apns", "headers", "apns-collapse-id", of: text) == .string(id))
        #expect(try member("android", "collapseKey", of: text) == .string(key))
    }

    @Test(arguments: [String(repeating: "k", count: 65), "schlüssel", "a\nb"])
    func anyOtherCollapseKeyIsDigestedForApple(_ key: String) async throws {
        let text = try await sent(Notification(title: "T"), policy: PushPolicy(collapseKey: key))
        let digest = try #require(WebPushCollapseKey.topic(key)?.value)
        #expect(try member("apns", "headers", "apns-collapse-id", of: text) == .string(digest))
        #expect(try member("android", "collapseKey", of: text) == .string(key))
    }

    @Test func withoutACollapseKeyTheTagReplacesOnIOS() async throws {
        var notification = Notification(title: "T")
        notification.tag = "g"
        #expect(try member("apns", "headers", "apns-collapse-id", of: try await sent(notification)) == .string("g"))
    }

    @Test func whatIsLeftOfTheTTLIsSent() async throws {
        let text = try await sent(Notification(title: "T"), policy: PushPolicy(ttl: TTL(seconds: 100)), after: 40)
        #expect(try member("android", "ttl", of: text) == .string("60s"))
        #expect(try member("apns", "headers", "apns-expiration", of: text) == .string("1800000100"))
        #expect(try member("webpush", "headers", "TTL", of: text) == .string("60"))
    }

    @Test func nowOrNeverIsSaidToAll() async throws {
        let text = try await sent(Notification(title: "T"), policy: PushPolicy(ttl: TTL(seconds: 0)))
        #expect(try member("android", "ttl", of: text) == .string("0s"))
        #expect(try member("apns", "headers", "apns-expiration", of: text) == .string("0"))
        #expect(try member("webpush", "headers", "TTL", of: text) == .string("0"))
    }

    @Test func fcmsLongestTTLIsNotExceeded() async throws {
        let text = try await sent(Notification(title: "T"), policy: PushPolicy(ttl: TTL(seconds: 9_000_000)))
        #expect(try member("android", "ttl", of: text) == .string("2419200s"))
    }

    @Test func aRawMessageWinsAndGoesByteForByte() async throws {
        var notification = Notification(title: "not sent")
        notification.fcm = FCMSection(message: #"{ "data" : {"v":"1.0"} }"#)
        #expect(try await sent(notification) == #"{"message":{"token":"a", "data" : {"v":"1.0"} }}"#)
    }
}
