import Foundation
import JSON
import PushSender
import Testing
import WebPush

@testable import PushServer

/// What a Notification comes to at each provider. The original's own words for Google are in the recording; here is what they are in v1.
@Suite struct LoopBackNotificationTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func notification(_ json: String) throws -> LoopBackNotification { try LoopBackNotification(LoopBackValue(json: json)) }

    private func json(_ text: String?) throws -> JSONValue { try JSONDecoder().decode(JSONValue.self, from: Data((text ?? "").utf8)) }

    private func request(_ text: String) throws -> PushRequest {
        try notification(text).request(to: .everyone, of: .default, now: now)
    }

    // MARK: Google

    @Test(arguments: [
        // The recorded ones.
        (#"{"alert":"hi","badge":1}"#,
         #"{"data":{"alert":"hi","badge":"1"},"notification":{"body":"hi"},"android":{"notification":{"notification_count":1}}}"#),
        (##"{"alert":"hi","messageFrom":"Ray","icon":"ic","sound":"s","tag":"t","color":"#fff","click_action":"CA","myKey":"v","num":3}"##,
         ##"{"data":{"messageFrom":"Ray","icon":"ic","tag":"t","color":"#fff","click_action":"CA","myKey":"v","num":"3","alert":"hi"},"notification":{"title":"Ray","body":"hi"},"android":{"notification":{"icon":"ic","sound":"s","tag":"t","color":"#fff","click_action":"CA"}}}"##),
        (#"{"alert":"hi","messageFrom":"Ray","dataOnly":true,"badge":2,"x":{"y":1}}"#,
         #"{"data":{"messageFrom":"Ray","dataOnly":"true","x":"{\"y\":1}","alert":"hi","badge":"2","title":"Ray","body":"hi"}}"#),
        (#"{"alert":"hi","expirationInterval":3600,"collapseKey":"c","delayWhileIdle":true}"#,
         #"{"data":{"alert":"hi"},"notification":{"body":"hi"},"android":{"ttl":"3600s","collapse_key":"c"}}"#),
        (#"{"alert":"hi","expirationTime":"2027-01-15T08:01:00.499Z"}"#,
         #"{"data":{"alert":"hi"},"notification":{"body":"hi"},"android":{"ttl":"60s"}}"#),
        (#"{"alert":{"title":"T","body":"B"}}"#, #"{"data":{"alert":"{\"title\":\"T\",\"body\":\"B\"}"},"notification":{"title":"T","body":"B"}}"#),
        (#"{"contentAvailable":true,"message":"m"}"#, #"{"data":{"message":"m"}}"#),
        (#"{"title":"TT","alert":"a","category":"cat","urlArgs":["x"]}"#, #"{"data":{"title":"TT","alert":"a"},"notification":{"body":"a"}}"#),
        (#"{"alert":"a","foo":null}"#, #"{"data":{"alert":"a"},"notification":{"body":"a"}}"#),
        // Others.
        (#"{"alert":"a","no":false,"zero":0}"#, #"{"data":{"alert":"a","no":"false","zero":"0"},"notification":{"body":"a"}}"#),
        (#"{"dataOnly":true,"sound":"s","icon":"i","alert":"a"}"#,
         #"{"data":{"dataOnly":"true","sound":"s","icon":"i","alert":"a","body":"a"}}"#),
        (#"{"alert":"a","badge":"7","messageFrom":""}"#,
         #"{"data":{"alert":"a","badge":"7","messageFrom":""},"notification":{"body":"a"},"android":{"notification":{"notification_count":7}}}"#),
        (#"{"alert":"a","expirationInterval":1.9}"#, #"{"data":{"alert":"a"},"notification":{"body":"a"},"android":{"ttl":"1s"}}"#),
        (#"{"alert":"a","expirationInterval":9999999}"#, #"{"data":{"alert":"a"},"notification":{"body":"a"},"android":{"ttl":"2419200s"}}"#),
        (#"{"alert":"a","expirationTime":"2020-01-01T00:00:00.000Z"}"#, #"{"data":{"alert":"a"},"notification":{"body":"a"},"android":{"ttl":"0s"}}"#),
        (#"{"id":5,"created":"2020-01-01","modified":"2020-01-01","deviceType":"android","deviceToken":"t","status":"s"}"#, #"{"android":{}}"#),
    ])
    func googleGetsWhatGCMGot(_ given: String, _ message: String) throws {
        #expect(try json(request(given).notification.fcm?.message) == json(message))
    }

    // MARK: Apple

    @Test(arguments: [
        (#"{"alert":"hello","messageFrom":"Ray","category":"c","contentAvailable":true,"urlArgs":["a","b"],"myData":{"x":1}}"#,
         #"{"messageFrom":"Ray","myData":{"x":1},"aps":{"alert":{"body":"hello","title":"Ray"},"category":"c","content-available":1,"url-args":["a","b"]}}"#),
        (#"{"alert":"hello"}"#, #"{"aps":{"alert":{"body":"hello"}}}"#),
        (#"{"alert":"hello","title":"T","messageFrom":"Ray","badge":0,"sound":"ping.aiff"}"#,
         #"{"title":"T","messageFrom":"Ray","aps":{"alert":{"body":"hello","title":"T"},"badge":0,"sound":"ping.aiff"}}"#),
        (#"{"alert":{"title":"own","body":"b","loc-key":"K"}}"#, #"{"aps":{"alert":{"title":"own","body":"b","loc-key":"K"}}}"#),
        (#"{"badge":-1,"alert":"a"}"#, #"{"aps":{"alert":{"body":"a"}}}"#),
        (#"{"badge":3}"#, #"{"aps":{"badge":3}}"#),
        (#"{"contentAvailable":true}"#, #"{"aps":{"content-available":1}}"#),
        (#"{}"#, #"{"aps":{"content-available":1}}"#),
        (#"{"alert":"a","aps":{"badge":9},"nothing":null,"no":false}"#, #"{"no":false,"aps":{"alert":{"body":"a"}}}"#),
        (#"{"alert":"a","delayWhileIdle":true,"collapseKey":"k","expirationInterval":5,"deviceToken":"t","status":"s","scheduledTime":"2020-01-01"}"#,
         #"{"aps":{"alert":{"body":"a"}}}"#),
    ])
    func applesPayloadIsWhatItShouldHaveBeen(_ given: String, _ payload: String) throws {
        #expect(try json(request(given).notification.apns?.payload) == json(payload))
    }

    @Test(arguments: [
        (#"{"alert":"a"}"#, "alert", nil), (#"{"badge":1}"#, "alert", nil), (#"{"sound":"s","contentAvailable":true}"#, "alert", nil),
        (#"{"contentAvailable":true,"x":1}"#, "background", 5), (#"{}"#, "background", 5),
    ] as [(String, String, Int?)])
    func whatShowsNothingIsABackgroundPush(_ given: String, _ type: String, _ priority: Int?) throws {
        let section = try request(given).notification.apns
        #expect(section?.pushType == type && section?.priority == priority)
    }

    @Test func aCollapseKeyIsEveryProvidersUnlessItIsTooLong() throws {
        #expect(try request(#"{"alert":"a","collapseKey":"k"}"#).policy.collapseKey == "k")
        let long = try request(#"{"alert":"a","collapseKey":"\#(String(repeating: "k", count: 65))"}"#)
        #expect(long.policy.collapseKey == nil && long.notification.apns?.collapseID == nil)
        #expect(long.notification.fcm?.message.contains("kkk") == true)
    }

    // MARK: All

    @Test func anExpiryIsCountedFromWhenThePushIsDue() throws {
        #expect(try request(#"{"alert":"a"}"#).policy.ttl == PushPolicy.defaultTTL)
        #expect(try request(#"{"alert":"a","expirationInterval":60}"#).policy.ttl == TTL(seconds: 60))
        #expect(try request(#"{"alert":"a","expirationInterval":-5}"#).policy.ttl == TTL(seconds: 0))
        #expect(try request(#"{"alert":"a","expirationInterval":0,"expirationTime":"2027-01-15T08:00:30.000Z"}"#).policy.ttl == TTL(seconds: 30))
        let scheduled = try request(
            #"{"alert":"a","scheduledTime":"2027-01-15T08:01:00.000Z","expirationTime":"2027-01-15T08:01:30.000Z"}"#)
        #expect(scheduled.policy.ttl == TTL(seconds: 30))
        #expect(scheduled.options.schedule.sendAt == now.addingTimeInterval(60))
        #expect(try request(#"{"alert":"a","scheduledTime":"2020-01-01T00:00:00.000Z"}"#).options.schedule.sendAt == nil)
    }

    @Test(arguments: [
        (#"{"alert":"a","messageFrom":"Ray","x":1}"#, "Ray", "a"), (#"{"alert":"a"}"#, "a", nil), (#"{"alert":{"title":"T","body":"B"}}"#, "T", "B"),
        (#"{"alert":"a","title":"TT","messageFrom":"Ray"}"#, "TT", "a"), (#"{"x":1}"#, nil, nil),
    ] as [(String, String?, String?)])
    func browsersGetATitleAndTheData(_ given: String, _ title: String?, _ body: String?) throws {
        let shown = try request(given).notification
        #expect(shown.title == title && shown.body == body && shown.background == (title == nil ? true : nil))
        #expect(given.contains("\"x\":1") == (shown.data?["x"] == .integer(1)))
    }

    @Test(arguments: ["[]", "3", #""hello""#, "null", #"{"alert":"a","urlArgs":"x"}"#])
    func whatIsNoNotificationIsRefused(_ given: String) {
        #expect(throws: LoopBackError.self) { try notification(given) }
    }
}
