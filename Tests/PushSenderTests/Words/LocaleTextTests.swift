import Foundation
import JSON
import PushSender
import Testing

private typealias Notification = PushSender.Notification

/// Which of a push's locales a device gets.
struct LocaleTextTests {
    private let rules = WordingRules(renderer: NoTemplates())

    private func title(for locale: String, among locales: [String]) throws -> String? {
        var device = DeviceProfile()
        device.locale = locale
        let request = WordingRequest(
            notification: Notification(title: "default"),
            locales: Dictionary(uniqueKeysWithValues: locales.map { ($0, Notification(title: $0)) }))
        return try rules.preview(request, for: RecipientProfile(device: device)).title
    }

    @Test(arguments: [
        ("pt-BR", ["pt"], "pt"), ("pt", ["pt-BR"], "default"), ("zh-Hant-TW", ["zh", "zh-Hant"], "zh-Hant"),
        ("zh-Hant-TW", ["zh", "zh-Hant", "zh-Hant-TW"], "zh-Hant-TW"), ("zh-Hant-TW", ["zh"], "zh"), ("zh-Hant-TW", ["zh-Hans"], "default"),
        ("zh_hant_tw", ["ZH-HANT"], "ZH-HANT"),
        ("de-AT", ["de_at", "de"], "de_at"), ("", ["de"], "default"), ("not a locale", ["de"], "default"),
        ("den", ["de"], "default"), ("en-US-u-ca-gregory", ["en-US"], "en-US"),
    ])
    func aDeviceGetsTheNearestOfItsChain(_ locale: String, _ locales: [String], _ expected: String) throws {
        #expect(try title(for: locale, among: locales) == expected)
    }

    @Test func aLocaleChangesOnlyWhatItSays() throws {
        var device = DeviceProfile()
        device.locale = "zh-Hant-TW"
        let request = WordingRequest(
            notification: Notification(title: "title", body: "body", url: "/en"),
            locales: ["zh": Notification(title: "zh", body: "zh"), "zh-Hant": Notification(title: "zh-Hant")])
        #expect(
            try rules.preview(request, for: RecipientProfile(device: device)) == Notification(title: "zh-Hant", body: "zh", url: "/en"))
    }

    @Test func everyFieldCanBeSaidByALocale() throws {
        var all = Notification(title: "t", body: "b", url: "u", data: .object([:]))
        all.subtitle = "s"
        all.icon = "i"
        all.image = "i"
        all.badge = 1
        all.badgeIcon = "b"
        all.sound = "s"
        all.actions = [NotificationAction(action: "a", title: "t")]
        all.tag = "t"
        all.thread = "t"
        all.category = "c"
        all.channel = "c"
        all.color = "#000000"
        all.interruptionLevel = .passive
        all.background = false
        all.mutable = true
        all.apns = APNsSection(payload: "{}")
        all.fcm = FCMSection(message: "{}")
        all.hms = HMSSection(message: "{}")
        all.wns = WNSSection(type: "wns/toast", payload: "<a/>")
        all.webpush = WebPushSection(payload: "p")
        let fields = Mirror(reflecting: all).children
        #expect(fields.allSatisfy { Mirror(reflecting: $0.value).children.count == 1 }, "a field is missing in this test")

        var device = DeviceProfile()
        device.locale = "de"
        let request = WordingRequest(notification: Notification(title: "x"), locales: ["de": all])
        #expect(try rules.preview(request, for: RecipientProfile(device: device)) == all)
    }

    @Test func thePushKeepsItsWordsInItsOptions() throws {
        let accepted = try rules.accept(
            WordingRequest(
                notification: Notification(title: "x"),
                locales: ["PT_br": Notification(title: "y"), "pt": Notification(title: "z")]))
        #expect(accepted.wording?.needsProfiles == true)
        #expect(accepted.wording?.locales.keys.sorted() == ["pt", "pt-BR"])
        #expect(accepted.drafts.map(\.title) == ["x", "z", "y"])
        var options = PushOptions()
        options.wording = accepted.wording
        #expect(try JSONDecoder().decode(PushOptions.self, from: JSONEncoder().encode(options)) == options)
    }
}
