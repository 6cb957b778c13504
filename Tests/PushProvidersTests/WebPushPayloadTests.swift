import JSON
import PushSender
import Testing

@testable import PushProviders

@Suite struct WebPushPayloadTests {
    private func text(_ change: (inout PushSender.Notification) -> Void) -> String {
        var notification = Notification()
        change(&notification)
        return String(decoding: WebPushPayload.bytes(of: notification, id: PushID(rawValue: "1")), as: UTF8.self)
    }

    @Test func aNotificationIsDeclaredWhole() {
        let text = text {
            $0.title = "T"
            $0.body = "B"
            $0.url = "https://a.example/"
            $0.icon = "https://i"
            $0.image = "https://m"
            $0.badgeIcon = "https://b"
            $0.badge = 3
            $0.tag = "t"
            $0.mutable = true
            $0.interruptionLevel = .timeSensitive
            $0.actions = [NotificationAction(action: "a", title: "A", url: "https://x", icon: "https://y"), NotificationAction(action: "b", title: "B")]
            $0.data = .array([.integer(1), .bool(false)])
        }
        #expect(
            text
                == #"{"app_badge":3,"id":"1","mutable":true,"notification":{"actions":[{"action":"a","icon":"https://y","navigate":"https://x","title":"A"},{"action":"b","title":"B"}],"app_badge":"3","badge":"https://b","body":"B","data":[1,false],"icon":"https://i","image":"https://m","navigate":"https://a.example/","requireInteraction":true,"tag":"t","title":"T"},"web_push":8030}"#)
    }

    @Test(arguments: [
        (InterruptionLevel.passive, #""silent":true"#), (.critical, #""requireInteraction":true"#), (.timeSensitive, #""requireInteraction":true"#),
    ])
    func howMuchItDisturbsIsSaid(_ level: InterruptionLevel, _ member: String) {
        #expect(text { $0.interruptionLevel = level }.contains(member))
        #expect(!text { $0.interruptionLevel = .active }.contains(member))
    }

    @Test func whatShowsNothingIsNotDeclared() {
        let background = text {
            $0.background = true
            $0.data = .object(["n": .integer(1)])
        }
        #expect(background == #"{"id":"1","notification":{"data":{"n":1}}}"#, "a browser that shows declared notifications leaves it to the service worker")
    }

    @Test func aRawPayloadIsNotTouched() {
        #expect(text { $0.webpush = WebPushSection(payload: #"{ "a" : 1.0 }"#) } == #"{ "a" : 1.0 }"#)
    }
}
