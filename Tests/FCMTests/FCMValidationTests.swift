import FCM
import JSON
import Testing

/// What FCM would refuse is found before it is sent, and named as FCM spells it.
@Suite struct FCMValidationTests {
    struct Mistake: Sendable, CustomTestStringConvertible {
        let field: String
        let message: FCMMessage
        var testDescription: String { field }

        init(_ field: String, _ message: FCMMessage) {
            self.field = field
            self.message = message
        }
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

    private static func lights(red: Double = 0, on: Double = 1, off: Double = 1) -> FCMMessage {
        shown {
            $0.lightSettings = FCMLightSettings(
                color: .init(red: red, green: 0, blue: 0), lightOnDuration: .init(seconds: on), lightOffDuration: .init(seconds: off))
        }
    }

    private static let reservedKeys = ["from", "message_type", "notification", "google.x", "google", "googlething", "gcm.n", "gcm"].map {
        Mistake("data.\($0)", FCMMessage(data: [$0: "v"]))
    }

    private static let ttls = [2_419_201, -1, .nan, .infinity].map { seconds in
        Mistake("android.ttl", android { $0.ttl = .init(seconds: seconds) })
    }

    private static let colors = ["red", "#12345g", "#12345", "#1234567", "1234567", "#０ａ"].map { color in
        Mistake("android.notification.color", shown { $0.color = color })
    }

    private static let labels = ["a b", "", String(repeating: "a", count: 51), "ä"].map { label in
        Mistake("fcm_options.analytics_label", FCMMessage(fcmOptions: FCMOptions(analyticsLabel: label)))
    }

    private static let others = [
        Mistake("data", FCMMessage(data: ["": "v"])),
        Mistake("android.data.from", android { $0.data = ["from": "v"] }),
        Mistake("webpush.data.gcm.x", FCMMessage(webpush: FCMWebPush(data: ["gcm.x": "v"]))),
        Mistake("android.notification.notification_count", shown { $0.notificationCount = -1 }),
        Mistake("android.notification.notification_count", shown { $0.notificationCount = 1 << 31 }),
        Mistake("android.notification.vibrate_timings", shown { $0.vibrateTimings = [.init(seconds: 1), .init(seconds: -1)] }),
        Mistake("android.notification.light_settings.color", lights(red: 2)),
        Mistake("android.notification.light_settings.color", lights(red: .nan)),
        Mistake("android.notification.light_settings.light_on_duration", lights(on: -1)),
        Mistake("android.notification.light_settings.light_off_duration", lights(off: .nan)),
        Mistake("android.fcm_options.analytics_label", android { $0.fcmOptions = FCMOptions(analyticsLabel: "a b") }),
        Mistake("webpush.fcm_options.analytics_label", FCMMessage(webpush: FCMWebPush(fcmOptions: .init(analyticsLabel: "a b")))),
        Mistake("apns.fcm_options.analytics_label", FCMMessage(apns: FCMAPNs(fcmOptions: .init(analyticsLabel: "a b")))),
        Mistake("webpush.fcm_options.link", FCMMessage(webpush: FCMWebPush(fcmOptions: .init(link: "http://x/")))),
        Mistake("webpush.fcm_options.link", FCMMessage(webpush: FCMWebPush(fcmOptions: .init(link: "http://localhost.example.com/")))),
        Mistake("apns.payload.x", FCMMessage(apns: FCMAPNs(payload: ["x": .number(.infinity)]))),
        Mistake("webpush.notification.a.b", FCMMessage(webpush: FCMWebPush(notification: ["a": .object(["b": .array([.number(.nan)])])]))),
    ]

    @Test(arguments: reservedKeys + ttls + colors + labels + others)
    func whatFCMRefusesIsNamed(_ mistake: Mistake) {
        let error = #expect(throws: FCMError.self) { try FCMRequestBody(mistake.message) }
        #expect(error?.field == mistake.field && error?.code == .invalidField)
    }

    @Test func whatFCMTakesIsTaken() throws {
        let good = [
            FCMMessage(data: ["collapse_key": "x", "g": "y", "fromage": "z", "notifications": "", "GOOGLE": ""]),
            Self.android { $0.ttl = .init(seconds: 0) }, Self.android { $0.ttl = .init(seconds: 2_419_200) },
            Self.shown { $0.notificationCount = Int(Int32.max) }, Self.lights(red: 1, on: 0),
            FCMMessage(fcmOptions: FCMOptions(analyticsLabel: String(repeating: "a", count: 50))), FCMMessage(),
            FCMMessage(webpush: FCMWebPush(fcmOptions: .init(link: "http://localhost:9000/rooms/5"))),
        ]
        for message in good { _ = try FCMRequestBody(message) }
    }

    // MARK: Sizes, in bytes of keys and values

    private static func text(_ bytes: Int) -> String { String(repeating: "é", count: bytes / 2) + (bytes % 2 == 1 ? "." : "") }

    private static let fitting = [
        FCMMessage(data: ["k": text(4095)]),
        FCMMessage(data: ["key": text(2000)], notification: FCMNotification(title: text(2088))),
        FCMMessage(notification: FCMNotification(body: text(4092))),
        FCMMessage(notification: FCMNotification(image: text(4091))),
        // Android's data and title take the place of the shared ones.
        FCMMessage(data: ["k": text(4095)], android: FCMAndroid(data: ["k": text(4095)])),
        shown { $0.title = text(4091) },
        shown { $0.channelId = text(4086) },
        shown { $0.bodyLocArgs = [text(2000), text(2083)] },
        FCMMessage(apns: FCMAPNs(payload: ["x": .array([.string(text(4095))])])),
    ]

    private static let growing: [FCMMessage] = fitting.map { message in
        var message = message
        if message.data != nil { message.data?["k2"] = "" }
        if let title = message.notification?.title { message.notification?.title = title + "1" }
        if message.notification?.title == nil { message.notification?.title = "" }
        if message.android?.data != nil { message.android?.data?["k2"] = "" }
        message.android?.notification?.tag = ""
        if message.apns?.payload != nil { message.apns?.payload?["y"] = .null }
        return message
    }

    @Test(arguments: fitting)
    func fourKilobytesFit(_ message: FCMMessage) throws { _ = try FCMRequestBody(message).bytes(to: .token("t")) }

    @Test(arguments: growing)
    func moreThanFourKilobytesDoNot(_ message: FCMMessage) {
        let error = #expect(throws: FCMError.self) { try FCMRequestBody(message) }
        #expect(error?.code == .tooLarge)
    }

    @Test func topicsTakeHalf() throws {
        let (topic, condition) = (try FCMTopic("news"), try FCMCondition("'a' in topics"))
        let most = try FCMRequestBody(FCMMessage(data: ["k": Self.text(2047)]))
        let more = try FCMRequestBody(FCMMessage(data: ["k": Self.text(2048)]))
        for target in [FCMTarget.topic(topic), .condition(condition)] {
            _ = try most.bytes(to: target)
            let error = #expect(throws: FCMError.self) { try more.bytes(to: target) }
            #expect(error?.code == .tooLarge)
        }
        _ = try more.bytes(to: .fid("f"))
    }
}
