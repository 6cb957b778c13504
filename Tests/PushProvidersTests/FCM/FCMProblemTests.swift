import HTTPTransport
import JSON
import PushSender
import Testing
import WebPush

@testable import PushProviders

/// What can't be sent is refused before it is accepted, in the API's words.
@Suite struct FCMProblemTests {
    private func problem(_ notification: PushSender.Notification) -> PushProblem? {
        FCMProvider(credentials: CredentialTable(), transport: FCMSamples.transport()).problem(with: notification, policy: PushPolicy())
    }

    private static func changed(_ change: (inout PushSender.Notification) -> Void) -> PushSender.Notification {
        var notification = Notification(title: "t")
        change(&notification)
        return notification
    }

    private static func background(_ change: (inout PushSender.Notification) -> Void) -> PushSender.Notification {
        changed {
            $0.title = nil
            $0.background = true
            change(&$0)
        }
    }

    private static func raw(_ message: String) -> PushSender.Notification { changed { $0.fcm = FCMSection(message: message) } }

    private static let impossible: [(String, PushSender.Notification)] = [
        ("notification.data.from", Notification(title: "t", data: .object(["from": .string("x")]))),
        ("notification.data.message_type", Notification(title: "t", data: .object(["message_type": .string("x")]))),
        ("notification.data.notification", Notification(title: "t", data: .object(["notification": .string("x")]))),
        ("notification.data.google.a", Notification(title: "t", data: .object(["google.a": .integer(1)]))),
        ("notification.data.gcm.b", Notification(title: "t", data: .object(["gcm.b": .integer(1)]))),
        ("notification.data.herald_id", Notification(title: "t", data: .object(["herald_id": .integer(1)]))),
        ("notification.data.herald_url", Notification(title: "t", data: .object(["herald_url": .integer(1)]))),
        ("notification.data", Notification(title: "t", data: .object(["": .integer(1)]))),
        ("notification.color", changed { $0.color = "red" }),
        ("notification.badge", changed { $0.badge = -1 }),
        ("notification.badge", changed { $0.badge = 1 << 31 }),
        ("notification.background", background { $0.title = "t" }),
        ("notification.background", background { $0.subtitle = "t" }),
        ("notification.background", background { $0.body = "t" }),
        ("notification.background", background { $0.badge = 0 }),
        ("notification.background", background { $0.sound = "default" }),
        ("notification.fcm.message", raw(#"{"token":"mine"}"#)),
        ("notification.fcm.message", raw(#"{"data":{"from":"x"}}"#)),
        ("notification.fcm.message", raw("no JSON")),
    ]

    @Test(arguments: impossible)
    func impossibleNotificationsAreNamed(_ field: String, _ notification: PushSender.Notification) {
        #expect(problem(notification)?.field == field && problem(notification)?.code == .invalidField)
    }

    @Test func theMemberOfARawMessageIsNamedInWords() {
        #expect(problem(Self.raw(#"{"data":{"from":"x"}}"#))?.message.hasPrefix("data.from: ") == true)
    }

    @Test(arguments: [
        Notification(title: "t"), Notification(title: "t", data: .string("any")), Notification(title: "t", data: .null),
        changed { $0.badge = 0 }, background { $0.data = .object(["a": .integer(1)]) }, raw(#"{"data":{"a":"b"}}"#),
        // What only other providers get is no affair of FCM's.
        changed {
            $0.title = nil
            $0.apns = APNsSection(payload: #"{"aps":{}}"#)
        },
        // What a raw message takes the place of isn't sent.
        changed {
            $0.badge = -1
            $0.data = .object(["herald_id": .integer(1), "from": .null])
            $0.fcm = FCMSection(message: #"{"data":{"a":"b"}}"#)
        },
    ])
    func whatCanBeSentIsTaken(_ notification: PushSender.Notification) { #expect(problem(notification) == nil) }

    @Test func sizesAreCountedInBytes() {
        #expect(problem(Notification(title: String(repeating: "é", count: 2000))) == nil)
        for notification in [
            Notification(title: String(repeating: "é", count: 2100)), Notification(title: "t", data: .string(String(repeating: "x", count: 4090))),
            Self.changed { $0.subtitle = String(repeating: "x", count: 4100) },
        ] {
            #expect(problem(notification)?.code == .tooLarge && problem(notification)?.field == "notification")
        }
        let long = Self.raw(#"{"data":{"k":"\#(String(repeating: "x", count: 4096))"}}"#)
        #expect(problem(long)?.code == .tooLarge && problem(long)?.field == "notification.fcm.message")
    }
}
