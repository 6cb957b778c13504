import JSON
import Testing

@testable import HMS

@Suite struct HarmonyMessageTests {
    @Test func anAlertLooksAsTheDocumentsSay() throws {
        var notification = HarmonyNotification(
            category: "IM", title: "Hello", body: "World", clickAction: .init(actionType: 1, uri: "app://x", data: ["n": .integer(3)]))
        notification.notifyId = 7
        notification.badge = .init(addNum: 1)
        notification.soundDuration = 60
        var options = HarmonyPushOptions(ttl: 86_400)
        options.testMessage = false
        options.collapseKey = -1
        let body = try HMSRequestBody(HarmonyMessage(pushType: .alert, payload: .init(notification: notification), pushOptions: options))
        #expect(
            String(decoding: try body.bytes(to: .tokens(["t"])), as: UTF8.self)
                == #"{"payload":{"notification":{"badge":{"addNum":1},"body":"World","category":"IM","clickAction":{"actionType":1,"data":{"n":3},"uri":"app://x"},"notifyId":7,"soundDuration":60,"title":"Hello"}},"pushOptions":{"collapseKey":-1,"testMessage":false,"ttl":86400},"target":{"token":["t"]}}"#)
    }

    struct Mistake: Sendable, CustomTestStringConvertible {
        let field: String
        let make: @Sendable (inout HarmonyMessage) -> Void
        var testDescription: String { field }
    }

    static let mistakes: [Mistake] = [
        Mistake(field: "payload.notification") { $0.payload.notification = nil },
        Mistake(field: "payload.notification") { $0.payload.notification?.body = nil },
        Mistake(field: "payload.notification") { $0.payload.notification = HarmonyNotification() },
        Mistake(field: "payload.notification.clickAction") { $0.payload.notification?.clickAction = nil },
        Mistake(field: "payload.notification.clickAction") { $0.payload.notification?.clickAction = .init(actionType: 1) },
        Mistake(field: "payload.notification.clickAction.actionType") { $0.payload.notification?.clickAction = .init(actionType: 3) },
        Mistake(field: "payload.notification.badge.addNum") { $0.payload.notification?.badge = .init(addNum: 100) },
        Mistake(field: "payload.notification.badge.setNum") { $0.payload.notification?.badge = .init(setNum: -1) },
        Mistake(field: "payload.notification.soundDuration") { $0.payload.notification?.soundDuration = 61 },
        Mistake(field: "pushOptions.ttl") { $0.pushOptions.ttl = 1_296_001 },
        Mistake(field: "pushOptions.collapseKey") { $0.pushOptions.collapseKey = 101 },
        Mistake(field: "pushOptions.collapseKey") {
            $0.pushType = .background
            $0.pushOptions.collapseKey = 1
        },
    ]

    @Test(arguments: mistakes) func whatHuaweiRefusesIsNamedBeforehand(_ mistake: Mistake) throws {
        var message = HarmonyMessage(pushType: .alert, payload: .init(notification: HarmonyNotification(title: "t", body: "b")))
        try message.check()
        mistake.make(&message)
        #expect { try message.check() } throws: { ($0 as? HMSError)?.field == mistake.field }
    }

    @Test func anAlertMayBeANumberAlone() throws {
        var notification = HarmonyNotification()
        notification.badge = .init(setNum: 0)
        try HarmonyMessage(pushType: .alert, payload: .init(notification: notification)).check()
    }
}
