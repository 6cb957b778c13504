import Foundation
import Testing

@testable import HMS

@Suite struct HMSMessageTests {
    /// Every member of the schema, once.
    private static let whole = """
        {"android":{"bi_tag":"b","category":"IM","collapse_key":-1,"data":"d","fast_app_target":2,"notification":{"auto_clear":1000,\
        "badge":{"add_num":1,"class":"c","set_num":99},"big_body":"bb","big_title":"bt","body":"b","body_loc_args":["1"],"body_loc_key":"k",\
        "buttons":[{"action_type":1,"data":"d","intent":"i","intent_type":0,"name":"n"}],"channel_id":"ch","click_action":{"type":3},\
        "color":"#aabbcc","default_sound":true,"foreground_show":false,"group":"g","icon":"/raw/i","image":"https://i","importance":"LOW",\
        "inbox_content":["1"],"light_settings":{"color":{"alpha":1,"blue":0,"green":0.5,"red":1},"light_off_duration":"1s","light_on_duration":"2s"},\
        "multi_lang_key":{"k":{"en":"v"}},"notify_id":7,"notify_summary":"s","profile_id":"p","sound":"/raw/s","style":3,"tag":"t","ticker":"tk",\
        "title":"t","title_loc_args":["2"],"title_loc_key":"tl","use_default_light":true,"use_default_vibrate":false,"vibrate_config":["1"],\
        "visibility":"PUBLIC","when":"2026-01-01T00:00:00Z"},"receipt_id":"r","target_user_type":1,"ttl":"1296000s","urgency":"HIGH"},\
        "apns":{"headers":{"apns-priority":"10"},"hms_options":{"target_user_type":3},"payload":{"aps":{"badge":1,"content-available":true}}},\
        "data":"d","notification":{"body":"b","image":"https://i","title":"t"},\
        "webpush":{"headers":{"topic":"t","ttl":"1s","urgency":"low"},"hms_options":{"link":"https://l"},"notification":{"title":"t"}}}
        """

    @Test func everyMemberOfTheSchemaIsTyped() throws {
        let message = try JSONDecoder().decode(HMSMessage.self, from: Data(Self.whole.utf8))
        try message.check()
        #expect(String(decoding: encodedJSON(message), as: UTF8.self) == Self.whole, "nothing is lost or renamed")
    }

    struct Mistake: Sendable, CustomTestStringConvertible {
        let field: String
        let make: @Sendable (inout HMSAndroid) -> Void
        var testDescription: String { field }
    }

    private static func shown(_ field: String, _ make: @escaping @Sendable (inout HMSAndroidNotification) -> Void) -> Mistake {
        Mistake(field: "android.notification.\(field)") { android in
            var notification = HMSAndroidNotification(title: "t", body: "b", clickAction: .openApp)
            make(&notification)
            android.notification = notification
        }
    }

    static let mistakes: [Mistake] = [
        Mistake(field: "android.collapse_key") { $0.collapseKey = -2 },
        Mistake(field: "android.collapse_key") { $0.collapseKey = 101 },
        Mistake(field: "android.urgency") { $0.urgency = "high" },
        Mistake(field: "android.ttl") { $0.ttl = "1296001s" },
        Mistake(field: "android.ttl") { $0.ttl = "86400" },
        Mistake(field: "android.ttl") { $0.ttl = "-1s" },
        Mistake(field: "android.fast_app_target") { $0.fastAppTarget = 0 },
        Mistake(field: "android.target_user_type") { $0.targetUserType = 2 },
        shown("style") { $0.style = 2 },
        shown("inbox_content") { $0.inboxContent = Array(repeating: "x", count: 6) },
        shown("vibrate_config") { $0.vibrateConfig = Array(repeating: "1", count: 11) },
        shown("buttons") { $0.buttons = Array(repeating: HMSButton(name: "n", actionType: 0), count: 4) },
        shown("buttons[0].action_type") { $0.buttons = [HMSButton(name: "n", actionType: 5)] },
        shown("importance") { $0.importance = "HIGH" },
        shown("profile_id") { $0.profileID = String(repeating: "x", count: 65) },
        shown("badge.add_num") { $0.badge = HMSBadge(addNum: 0) },
        shown("badge.set_num") { $0.badge = HMSBadge(setNum: 100) },
        shown("click_action.url") { $0.clickAction.type = 2 },
        shown("click_action") { $0.clickAction.type = 1 },
        shown("click_action.type") { $0.clickAction.type = 4 },
    ]

    @Test(arguments: mistakes) func whatHuaweiRefusesIsNamedBeforehand(_ mistake: Mistake) {
        var android = HMSAndroid()
        mistake.make(&android)
        #expect { try HMSMessage(android: android).check() } throws: { ($0 as? HMSError)?.field == mistake.field }
    }

    @Test func anEmptyMessageIsRefused() {
        #expect(throws: HMSError.self) { try HMSMessage().check() }
    }
}
