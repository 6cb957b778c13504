import APNs
import Foundation
import HTTPTransport
import JSON
import PushSender
import Testing
import WebPush

@testable import PushProviders

/// What a neutral notification becomes, and what is refused before anything is sent.
@Suite struct APNsPayloadTests {
    private typealias Note = PushSender.Notification

    private static let id = PushID(rawValue: "01234567-0000-7000-8000-000000000000")
    private static let custom = #""herald_id":"01234567-0000-7000-8000-000000000000""#

    private func made(_ notification: Note, _ policy: PushPolicy = PushPolicy()) throws -> (json: String, headers: [String: String]) {
        let made = try APNsPayload.notification(notification, policy: policy, id: Self.id, expiresAt: APNsSamples.now)
        var headers = ["type": made.pushType.rawValue]
        headers["priority"] = made.priority.map { String($0.rawValue) }
        headers["expiration"] = made.expiration?.header
        headers["collapse"] = made.collapseID
        return (String(decoding: made.payload, as: UTF8.self), headers)
    }

    @Test func everyWordHasItsPlace() throws {
        var note = Note(title: "T", body: "B", url: "https://a/b", data: .object(["n": .integer(1), "yes": .bool(true)]))
        note.subtitle = "S"
        note.image = "https://a/i"
        note.badge = 3
        note.sound = "default"
        note.tag = "t"
        note.thread = "th"
        note.category = "c"
        note.interruptionLevel = .timeSensitive
        let (json, headers) = try made(note)
        #expect(
            json == #"{"aps":{"alert":{"body":"B","subtitle":"S","title":"T"},"badge":3,"category":"c","interruption-level":"time-sensitive","#
                + #""mutable-content":1,"sound":"default","thread-id":"th"},"# + Self.custom
                + #","image":"https://a/i","n":1,"url":"https://a/b","yes":true}"#)
        #expect(headers == ["type": "alert", "priority": "10", "expiration": "1800000000", "collapse": "t"])
    }

    @Test func nothingToShowIsABackgroundPush() throws {
        var note = Note(data: .object(["k": .null]))
        let expected = #"{"aps":{"content-available":1},"# + Self.custom + #","k":null}"#
        #expect(try made(note) == (expected, ["type": "background", "priority": "5", "expiration": "1800000000"]))
        note.background = true
        #expect(try made(note).json == expected)
    }

    @Test func otherDataGetsAName() throws {
        #expect(try made(Note(body: "B", data: .array([.number(1.5)]))).json == #"{"aps":{"alert":{"body":"B"}},"data":[1.5],"# + Self.custom + "}")
    }

    @Test func aCriticalAlertsSoundIsCritical() throws {
        var note = Note(body: "B")
        note.sound = "siren"
        note.interruptionLevel = .critical
        #expect(try made(note).json.contains(#""sound":{"critical":1,"name":"siren","volume":1}"#))
    }

    @Test func aBadgeAloneIsShown() throws {
        var note = Note()
        note.badge = 0
        note.image = "https://a/i"
        let (json, headers) = try made(note)
        #expect(json.hasPrefix(#"{"aps":{"badge":0},"#), "nothing to start the extension for")
        #expect(headers["type"] == "alert")
    }

    @Test(arguments: [
        (nil as String?, Urgency.high, "10" as String?), (nil, .normal, "10"), (nil, .low, "5"), (nil, .veryLow, "1"), ("background", .normal, "5"), ("background", .low, "5"),
        ("background", .veryLow, "1"), ("voip", .low, "10"), ("liveactivity", .veryLow, "5"), ("widgets", .normal, nil), ("widgets", .high, "10"),
    ])
    func urgencyIsPriority(_ pushType: String?, _ urgency: Urgency, _ priority: String?) throws {
        let payload = pushType.map { $0 == "background" ? #"{"aps":{"content-available":1}}"# : #"{"aps":{"event":"end","timestamp":1}}"# }
        var note = Note(title: "T")
        note.apns = APNsSection(payload: payload, pushType: pushType)
        #expect(try made(note, PushPolicy(urgency: urgency)).headers["priority"] == priority)
    }

    @Test func aRawSectionWins() throws {
        let raw = #" {"aps": {"alert":"x" } ,"n":1.0}"#
        var note = Note(title: "unused", data: .object(["aps": .null]))
        note.badge = -1
        note.apns = APNsSection(payload: raw, pushType: "alert", priority: 1)
        let (json, headers) = try made(note, PushPolicy(urgency: .high, collapseKey: "k"))
        #expect(json == raw, "byte for byte")
        #expect(headers["type"] == "alert" && headers["priority"] == "1" && headers["collapse"] == "k")
        note.apns = APNsSection(payload: #"{"aps":{"content-available":1}}"#)
        #expect(try made(note).headers["type"] == "background", "the payload shows it")
    }

    /// What is refused, and the field that is named for it.
    static let problems: [(Spoiled, String, PushProblem.Code)] = [
        (Spoiled("an empty mutable") { $0.title = nil; $0.mutable = true }, "notification.mutable", .invalidField),
        (Spoiled("a background with a title") { $0.background = true }, "notification.background", .invalidField),
        (Spoiled("a background with a badge") { $0.title = nil; $0.badge = 1; $0.background = true }, "notification.background", .invalidField),
        (Spoiled("a badge below 0") { $0.badge = -1 }, "notification.badge", .invalidField),
        (Spoiled("data named aps") { $0.data = .object(["aps": .integer(1)]) }, "notification.data", .invalidField),
        (Spoiled("data named url") { $0.url = "u"; $0.data = .object(["url": .integer(1)]) }, "notification.data", .invalidField),
        (Spoiled("data named herald_id") { $0.data = .object(["herald_id": .null]) }, "notification.data", .invalidField),
        (Spoiled("a long body") { $0.body = String(repeating: "é", count: 2048) }, "notification", .tooLarge),
        (Spoiled("a long tag") { $0.tag = String(repeating: "x", count: 65) }, "notification.tag", .invalidField),
        (Spoiled("a long collapse key") { $1.collapseKey = String(repeating: "é", count: 33) }, "collapse_key", .invalidField),
        (Spoiled("urgent background") { $0.title = nil; $0.background = true; $1.urgency = .high }, "urgency", .invalidField),
        (Spoiled("an unknown push type") { $0.apns = .init(pushType: "loud") }, "notification.apns.push_type", .invalidField),
        (Spoiled("a push type that doesn't fit") { $0.apns = .init(pushType: "background") }, "notification.apns.push_type", .invalidField),
        (Spoiled("an unknown priority") { $0.apns = .init(priority: 7) }, "notification.apns.priority", .invalidField),
        (
            Spoiled("a background of priority 10") { $0.apns = .init(payload: #"{"aps":{"content-available":1}}"#, priority: 10) },
            "notification.apns.priority", .invalidField
        ),
        (Spoiled("a raw payload that is no JSON") { $0.apns = .init(payload: "{") }, "notification.apns.payload", .invalidField),
        (
            Spoiled("a raw payload of 4097 bytes") { $0.apns = .init(payload: #"{"aps":{},"x":""# + String(repeating: "x", count: 4081) + #""}"#) },
            "notification.apns.payload", .tooLarge
        ),
    ]

    struct Spoiled: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let spoil: @Sendable (inout PushSender.Notification, inout PushPolicy) -> Void
        init(_ what: String, _ spoil: @escaping @Sendable (inout PushSender.Notification, inout PushPolicy) -> Void) {
            testDescription = what
            self.spoil = spoil
        }
        init(_ what: String, _ spoil: @escaping @Sendable (inout PushSender.Notification) -> Void) {
            self.init(what) { notification, _ in spoil(&notification) }
        }
    }

    @Test(arguments: problems)
    func theImpossibleIsRefusedByName(_ spoiled: Spoiled, _ field: String, _ code: PushProblem.Code) {
        var note = Note(title: "T"), policy = PushPolicy()
        spoiled.spoil(&note, &policy)
        let provider = APNsProvider(credentials: APNsSamples.table(), transport: AnsweringTransport(status: 200))
        let problem = provider.problem(with: note, policy: policy)
        #expect(problem?.field == field)
        #expect(problem?.code == code)
    }

    @Test func theLargestPayloadIsFine() throws {
        let provider = APNsProvider(credentials: APNsSamples.table(), transport: AnsweringTransport(status: 200))
        let room = 4096 - (try made(Note(body: ""))).json.utf8.count
        #expect(provider.problem(with: Note(body: String(repeating: "x", count: room)), policy: PushPolicy()) == nil)
        #expect(provider.problem(with: Note(body: String(repeating: "x", count: room + 1)), policy: PushPolicy())?.code == .tooLarge)
    }

    @Test func whatIsForOthersIsNoConcern() {
        var note = Note()
        note.webpush = WebPushSection(payload: String(repeating: "x", count: 10_000))
        let provider = APNsProvider(credentials: APNsSamples.table(), transport: AnsweringTransport(status: 200))
        #expect(provider.problem(with: note, policy: PushPolicy()) == nil)
        #expect(!provider.prepare(.sample(note), lane: APNsSamples.lane).suits(APNsSamples.token()))
    }
}
