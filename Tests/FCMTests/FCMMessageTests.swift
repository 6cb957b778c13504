import FCM
import Foundation
import JSON
import Testing

/// Each object of the schema with every member that it has, as it is written.
@Suite struct FCMMessageTests {
    struct Golden: Sendable, CustomTestStringConvertible {
        let name: String
        let message: FCMMessage
        let json: String
        var testDescription: String { name }
    }

    private static let shown: FCMAndroidNotification = {
        var shown = FCMAndroidNotification()
        shown.title = "t"
        shown.body = "b"
        shown.icon = "i"
        shown.color = "#00fF00"
        shown.sound = "default"
        shown.tag = "g"
        shown.clickAction = "OPEN"
        shown.bodyLocKey = "bk"
        shown.bodyLocArgs = ["1"]
        shown.titleLocKey = "tk"
        shown.titleLocArgs = ["2"]
        shown.channelId = "c"
        shown.ticker = "ti"
        shown.sticky = true
        shown.eventTime = "2026-01-01T00:00:00Z"
        shown.localOnly = false
        shown.notificationPriority = .high
        shown.defaultSound = true
        shown.defaultVibrateTimings = true
        shown.defaultLightSettings = false
        shown.vibrateTimings = [.init(seconds: 0), .init(seconds: 3.5)]
        shown.visibility = .secret
        shown.notificationCount = 3
        shown.lightSettings = FCMLightSettings(
            color: .init(red: 1, green: 0.5, blue: 0), lightOnDuration: .init(seconds: 1), lightOffDuration: .init(seconds: 2))
        shown.image = "https://x/i.png"
        shown.proxy = .ifPriorityLowered
        return shown
    }()

    private static let goldens = [
        Golden(name: "data", message: FCMMessage(data: ["k": "v", "a": "\"/é"]), json: #""data":{"a":"\"/é","k":"v"}"#),
        Golden(
            name: "notification", message: FCMMessage(notification: FCMNotification(title: "T", body: "B", image: "https://x/n.png")),
            json: #""notification":{"body":"B","image":"https://x/n.png","title":"T"}"#),
        Golden(
            name: "android",
            message: FCMMessage(
                android: FCMAndroid(
                    collapseKey: "ck", priority: .high, ttl: .init(seconds: 60), restrictedPackageName: "p", data: ["a": "1"],
                    fcmOptions: FCMOptions(analyticsLabel: "l"), directBootOk: true, bandwidthConstrainedOk: true,
                    restrictedSatelliteOk: false)),
            json: #""android":{"bandwidthConstrainedOk":true,"collapseKey":"ck","data":{"a":"1"},"directBootOk":true,"#
                + #""fcmOptions":{"analyticsLabel":"l"},"priority":"HIGH","restrictedPackageName":"p","restrictedSatelliteOk":false,"ttl":"60s"}"#),
        Golden(
            name: "android.notification", message: FCMMessage(android: FCMAndroid(notification: shown)),
            json: #""android":{"notification":{"body":"b","bodyLocArgs":["1"],"bodyLocKey":"bk","channelId":"c","clickAction":"OPEN","#
                + ##""color":"#00fF00","defaultLightSettings":false,"defaultSound":true,"defaultVibrateTimings":true,"##
                + #""eventTime":"2026-01-01T00:00:00Z","icon":"i","image":"https://x/i.png","lightSettings":{"color":{"alpha":1,"blue":0,"#
                + #""green":0.5,"red":1},"lightOffDuration":"2s","lightOnDuration":"1s"},"localOnly":false,"notificationCount":3,"#
                + #""notificationPriority":"PRIORITY_HIGH","proxy":"IF_PRIORITY_LOWERED","sound":"default","sticky":true,"tag":"g","#
                + #""ticker":"ti","title":"t","titleLocArgs":["2"],"titleLocKey":"tk","vibrateTimings":["0s","3.5s"],"visibility":"SECRET"}}"#),
        Golden(
            name: "webpush",
            message: FCMMessage(
                webpush: FCMWebPush(
                    headers: ["TTL": "60"], data: ["w": "2"],
                    notification: ["requireInteraction": .bool(true), "timestamp": .integer(1), "vibrate": .array([.integer(200)])],
                    fcmOptions: .init(link: "https://x/", analyticsLabel: "w"))),
            json: #""webpush":{"data":{"w":"2"},"fcmOptions":{"analyticsLabel":"w","link":"https://x/"},"headers":{"TTL":"60"},"#
                + #""notification":{"requireInteraction":true,"timestamp":1,"vibrate":[200]}}"#),
        Golden(
            name: "apns",
            message: FCMMessage(
                apns: FCMAPNs(
                    headers: ["apns-priority": "5"],
                    payload: ["aps": .object(["badge": .integer(1), "content-changed": .bool(true), "x": .number(0.5), "n": .null])],
                    fcmOptions: .init(analyticsLabel: "i", image: "https://x/a.png"), liveActivityToken: "lat")),
            json: #""apns":{"fcmOptions":{"analyticsLabel":"i","image":"https://x/a.png"},"headers":{"apns-priority":"5"},"#
                + #""liveActivityToken":"lat","payload":{"aps":{"badge":1,"content-changed":true,"n":null,"x":0.5}}}"#),
        Golden(
            name: "fcm_options", message: FCMMessage(fcmOptions: FCMOptions(analyticsLabel: "all~%.-_")),
            json: #""fcmOptions":{"analyticsLabel":"all~%.-_"}"#),
    ]

    @Test(arguments: goldens)
    func everyMemberIsWritten(_ golden: Golden) throws {
        let body = try FCMRequestBody(golden.message).bytes(to: .token("t"))
        #expect(String(decoding: body, as: UTF8.self) == #"{"message":{"token":"t","# + golden.json + "}}")
    }

    @Test(arguments: goldens)
    func whatIsWrittenIsReadAgain(_ golden: Golden) throws {
        #expect(try JSONDecoder().decode(FCMMessage.self, from: Data("{\(golden.json)}".utf8)) == golden.message)
    }

    @Test func wordsAreGooglesOwn() {
        typealias Shown = FCMAndroidNotification
        #expect([FCMAndroid.Priority.normal, .high].map(\.rawValue) == ["NORMAL", "HIGH"])
        let priorities = [Shown.Priority.unspecified, .min, .low, .default, .high, .max].map(\.rawValue)
        #expect(priorities == ["UNSPECIFIED", "MIN", "LOW", "DEFAULT", "HIGH", "MAX"].map { "PRIORITY_" + $0 })
        let visibilities = [Shown.Visibility.unspecified, .private, .public, .secret].map(\.rawValue)
        #expect(visibilities == ["VISIBILITY_UNSPECIFIED", "PRIVATE", "PUBLIC", "SECRET"])
        let proxies = [Shown.Proxy.unspecified, .allow, .deny, .ifPriorityLowered].map(\.rawValue)
        #expect(proxies == ["PROXY_UNSPECIFIED", "ALLOW", "DENY", "IF_PRIORITY_LOWERED"])
    }
}
