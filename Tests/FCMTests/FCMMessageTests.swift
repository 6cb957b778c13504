import FCM
import Foundation
import Testing

@Suite struct FCMMessageTests {
    private func json(_ message: FCMMessage) throws -> String {
        let body = try FCMRequestBody(message).bytes(to: .token("t"))
        return String(decoding: body, as: UTF8.self)
    }

    /// Every member of the schema, once.
    @Test func theWholeSchemaIsWritten() throws {
        var shown = FCMAndroidNotification()
        shown.title = "t"
        shown.body = "b"
        shown.icon = "i"
        shown.color = "#00ff00"
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
        let message = FCMMessage(
            data: ["k": "v"], notification: FCMNotification(title: "T", body: "B", image: "https://x/n.png"),
            android: FCMAndroid(
                collapseKey: "ck", priority: .high, ttl: .init(seconds: 60), restrictedPackageName: "p", data: ["a": "1"],
                notification: shown, fcmOptions: FCMOptions(analyticsLabel: "l"), directBootOk: true,
                bandwidthConstrainedOk: true, restrictedSatelliteOk: false),
            webpush: FCMWebPush(
                headers: ["TTL": "60"], data: ["w": "2"], notification: ["requireInteraction": .bool(true), "timestamp": .integer(1)],
                fcmOptions: FCMOptions(link: "https://x/")),
            apns: FCMAPNs(
                headers: ["apns-priority": "5"], payload: ["aps": .object(["badge": .integer(1), "content-changed": .bool(true)])],
                fcmOptions: FCMOptions(image: "https://x/a.png"), liveActivityToken: "lat"),
            fcmOptions: FCMOptions(analyticsLabel: "all"))
        let expected = [
            #"{"message":{"token":"t","android":{"bandwidthConstrainedOk":true,"collapseKey":"ck","data":{"a":"1"},"directBootOk":true,"#,
            #""fcmOptions":{"analyticsLabel":"l"},"notification":{"body":"b","bodyLocArgs":["1"],"bodyLocKey":"bk","channelId":"c","#,
            ##""clickAction":"OPEN","color":"#00ff00","defaultLightSettings":false,"defaultSound":true,"defaultVibrateTimings":true,"##,
            #""eventTime":"2026-01-01T00:00:00Z","icon":"i","image":"https://x/i.png","lightSettings":{"color":{"alpha":1,"blue":0,"#,
            #""green":0.5,"red":1},"lightOffDuration":"2s","lightOnDuration":"1s"},"localOnly":false,"notificationCount":3,"#,
            #""notificationPriority":"PRIORITY_HIGH","proxy":"IF_PRIORITY_LOWERED","sound":"default","sticky":true,"tag":"g","#,
            #""ticker":"ti","title":"t","titleLocArgs":["2"],"titleLocKey":"tk","vibrateTimings":["0s","3.5s"],"visibility":"SECRET"},"#,
            #""priority":"HIGH","restrictedPackageName":"p","restrictedSatelliteOk":false,"ttl":"60s"},"apns":{"fcmOptions":{"image":"#,
            #""https://x/a.png"},"headers":{"apns-priority":"5"},"liveActivityToken":"lat","payload":{"aps":{"badge":1,"#,
            #""content-changed":true}}},"data":{"k":"v"},"fcmOptions":{"analyticsLabel":"all"},"notification":{"body":"B","image":"#,
            #""https://x/n.png","title":"T"},"webpush":{"data":{"w":"2"},"fcmOptions":{"link":"https://x/"},"headers":{"TTL":"60"},"#,
            #""notification":{"requireInteraction":true,"timestamp":1}}}}"#,
        ].joined()
        #expect(try json(message) == expected)
    }

    struct Mistake: Sendable, CustomTestStringConvertible {
        let field: String
        let message: FCMMessage
        var testDescription: String { field }
    }

    private static func android(_ change: (inout FCMAndroid) -> Void) -> FCMMessage {
        var android = FCMAndroid()
        change(&android)
        return FCMMessage(android: android)
    }

    private static func shown(_ change: (inout FCMAndroidNotification) -> Void) -> FCMMessage {
        var shown = FCMAndroidNotification()
        change(&shown)
        return android { $0.notification = shown }
    }

    private static let mistakes: [Mistake] =
        ["from", "message_type", "notification", "google.x", "googlething", "gcm.n", "gcm"].map {
            Mistake(field: "data.\($0)", message: FCMMessage(data: [$0: "v"]))
        } + [
            Mistake(field: "android.data.from", message: android { $0.data = ["from": "v"] }),
            Mistake(field: "webpush.data.gcm.x", message: FCMMessage(webpush: FCMWebPush(data: ["gcm.x": "v"]))),
            Mistake(field: "android.ttl", message: android { $0.ttl = .init(seconds: 2_419_201) }),
            Mistake(field: "android.ttl", message: android { $0.ttl = .init(seconds: -1) }),
            Mistake(field: "android.notification.color", message: shown { $0.color = "red" }),
            Mistake(field: "android.notification.color", message: shown { $0.color = "#12345g" }),
            Mistake(field: "android.notification.notification_count", message: shown { $0.notificationCount = -1 }),
            Mistake(
                field: "android.notification.light_settings.color",
                message: shown {
                    $0.lightSettings = FCMLightSettings(
                        color: .init(red: 2, green: 0, blue: 0), lightOnDuration: .init(seconds: 1), lightOffDuration: .init(seconds: 1))
                }),
            Mistake(field: "fcm_options.analytics_label", message: FCMMessage(fcmOptions: FCMOptions(analyticsLabel: "a b"))),
            Mistake(
                field: "fcm_options.analytics_label",
                message: FCMMessage(fcmOptions: FCMOptions(analyticsLabel: String(repeating: "a", count: 51)))),
            Mistake(
                field: "webpush.fcm_options.link",
                message: FCMMessage(webpush: FCMWebPush(fcmOptions: FCMOptions(link: "http://x/")))),
        ]

    @Test(arguments: mistakes)
    func whatFCMRefusesIsNamed(_ mistake: Mistake) {
        let error = #expect(throws: FCMError.self) { try FCMRequestBody(mistake.message) }
        #expect(error?.field == mistake.field && error?.code == .invalidField)
    }

    @Test func collapseKeyIsNoReservedKey() throws { _ = try FCMRequestBody(FCMMessage(data: ["collapse_key": "x", "g": "y"])) }

    @Test func sizesAreCountedInBytesOfKeysAndValues() throws {
        func message(_ bytes: Int) -> FCMMessage { FCMMessage(data: ["k": String(repeating: "é", count: (bytes - 1) / 2)]) }
        let fits = try FCMRequestBody(message(4095))
        _ = try fits.bytes(to: .token("t"))
        let error = #expect(throws: FCMError.self) { try FCMRequestBody(message(4097)) }
        #expect(error?.code == .tooLarge)
        let topic = try FCMTopic("news")
        #expect(throws: FCMError.self) { try fits.bytes(to: .topic(topic)) }
        _ = try FCMRequestBody(message(2047)).bytes(to: .topic(topic))
    }

    @Test(arguments: [(0.0, "0s"), (3.5, "3.5s"), (2_419_200, "2419200s")])
    func durationsAreWrittenAsProtobufDoes(_ seconds: Double, _ text: String) throws {
        let encoded = String(decoding: try JSONEncoder().encode([FCMDuration(seconds: seconds)]), as: UTF8.self)
        #expect(encoded == "[\"\(text)\"]")
        #expect(try JSONDecoder().decode([FCMDuration].self, from: Data(encoded.utf8)) == [FCMDuration(seconds: seconds)])
    }
}
