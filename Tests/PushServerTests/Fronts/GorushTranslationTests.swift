import Foundation
import PushSender
import Testing
import WebPush

@testable import PushServer

/// Each field of gorush's table, from its JSON to the push that the core gets.
@Suite struct GorushTranslationTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    private static let platforms = GorushPlatforms([
        .ios: [
            .init(names: ["com.example.app"], appIdentifier: "com.example.app", environments: [.production, .sandbox]),
            .init(names: ["com.example.voip"], appIdentifier: "com.example.voip", environments: [.sandbox]),
        ],
        .android: [.init(names: ["p-1"], appIdentifier: "p-1")],
        .huawei: [.init(names: ["1001", "2002"], appIdentifier: "2002")],
    ])

    private func sending(
        _ fields: String, platforms: GorushPlatforms = platforms, isProduction: Bool = true
    ) throws -> GorushTranslation.Sending? {
        let members = try GorushBody.members(Array(#"{"notifications":[{\#(fields)}]}"#.utf8), limit: 100)
        return try GorushTranslation(platforms: platforms, isProduction: isProduction, now: Self.now).sending(members[0])
    }

    private func request(_ fields: String) throws -> PushRequest {
        let sending = try #require(try sending(fields))
        #expect(sending.requests.count == 1)
        return try #require(sending.requests.first)
    }

    // MARK: iOS

    private func ios(_ fields: String) throws -> PushRequest { try request(#""platform":1,"tokens":["aa"],\#(fields)"#) }

    @Test(arguments: [
        (#""message":"M""#, #""alert":"M""#),
        (#""message":"M","title":"T""#, #""alert":{"title":"T","body":"M"}"#),
        (#""title":"T","message":"""#, #""alert":{"title":"T"}"#),
        (
            #""message":"M","alert":{"title":"A","subtitle":"S","body":"B","action":"a","action-loc-key":"k","launch-image":"i","loc-key":"l","loc-args":["1"],"title-loc-key":"t","title-loc-args":["2"],"summary-arg":"s","summary-arg-count":3,"other":1}"#,
            #""alert":{"title":"A","subtitle":"S","body":"B","action":"a","action-loc-key":"k","launch-image":"i","loc-key":"l","loc-args":["1"],"title-loc-key":"t","title-loc-args":["2"],"summary-arg":"s","summary-arg-count":3}"#
        ),
        (#""message":"M","alert":{"body":"","loc-args":null,"title":"A"}"#, #""alert":{"title":"A","body":"M"}"#),
        (#""badge":0"#, #""badge":0"#), (#""badge":7"#, #""badge":7"#), (#""badge":null"#, ""), (#""badge":-1"#, ""),
        (#""sound":"bell""#, #""sound":"bell""#), (#""sound":"""#, ""),
        (#""sound":{"critical":1,"name":"bell","volume":0.50}"#, #""sound":{"critical":1,"name":"bell","volume":0.50}"#),
        (#""sound":{"name":"bell"}"#, #""sound":{"critical":0,"name":"bell","volume":1}"#),
        (#""name":"bell""#, #""sound":{"critical":1,"name":"bell","volume":1}"#),
        (#""volume":0.5"#, #""sound":{"critical":1,"name":"default","volume":0.5}"#),
        (#""content_available":true"#, #""content-available":1"#), (#""content_available":false"#, ""),
        (#""message":"M","mutable_content":true"#, #""alert":"M","mutable-content":1"#), (#""mutable_content":true"#, ""),
        (#""category":"c""#, #""category":"c""#), (#""thread-id":"t""#, #""thread-id":"t""#),
        (#""url-args":["a","b"]"#, #""url-args":["a","b"]"#), (#""interruption_level":"passive""#, #""interruption-level":"passive""#),
        (
            #""content-state":{"n":1.0},"timestamp":5,"event":"start","stale-date":6,"dismissal-date":7,"attributes-type":"A","attributes":{"a":1},"relevance-score":0.5"#,
            #""content-state":{"n":1.0},"attributes":{"a":1},"event":"start","attributes-type":"A","timestamp":5,"stale-date":6,"dismissal-date":7,"relevance-score":0.5"#
        ),
    ])
    func whatStandsInAPS(_ fields: String, _ aps: String) throws {
        #expect(try ios(fields).notification.apns?.payload == #"{"aps":{\#(aps)}}"#)
    }

    @Test func dataStandsBesideAPSAsItIs() throws {
        let payload = try ios(#""message":"M","data":{"n":1.50,"o":{ "a" : [] }}"#).notification.apns?.payload
        #expect(payload == #"{"aps":{"alert":"M"},"n":1.50,"o":{ "a" : [] }}"#)
    }

    @Test(arguments: [
        (#""priority":"normal""#, 5), (#""priority":"high""#, 10), (#""priority":"","message":"M""#, nil), (#""priority":"other""#, nil),
        (#""priority":"high","content_available":true"#, nil),
    ])
    func prioritiesAreApples(_ fields: String, _ priority: Int?) throws {
        #expect(try ios(fields).notification.apns?.priority == priority)
    }

    @Test func headersOfApple() throws {
        let request = try ios(
            #""message":"M","apns_id":"123e4567-e89b-12d3-a456-426655440000","collapse_id":"c","expiration":1800000100,"push_type":"alert","retry":3,"notif_id":"n""#)
        #expect(request.notification.apns?.id == "123e4567-e89b-12d3-a456-426655440000" && request.notification.apns?.pushType == "alert")
        #expect(request.policy.collapseKey == "c" && request.options.expiresAt == Self.now.addingTimeInterval(100))
        #expect(request.options.attempts == 4 && request.options.origin == PushOrigin(front: "gorush", reference: "n"))
        #expect(request.notification.body == "M" && request.drafts.isEmpty)
    }

    @Test(arguments: [0, 1_700_000_000, 1_800_000_000]) func whatHasExpiredIsNowOrNever(_ moment: Int) throws {
        let request = try ios(#""message":"M","expiration":\#(moment)"#)
        #expect(request.policy.ttl.seconds == 0 && request.options.expiresAt == nil)
    }

    @Test func whatExpiresInFarTimesIsKeptAsLongAsAnythingMayBe() throws {
        let request = try ios(#""message":"M","expiration":4102444800"#)
        #expect(request.options.expiresAt == Self.now.addingTimeInterval(400 * 86_400))
    }

    @Test(arguments: [
        ("", true, "", "", ProviderEnvironment.production), ("", false, "", "", .sandbox),
        (#","production":true"#, false, "", "", .production), (#","development":true"#, true, "", "", .sandbox),
        (#","production":true,"development":true"#, true, "", "", .production),
        (#","topic":"com.example.app""#, true, "com.example.app", "", .production),
        (#","topic":"com.example.app.voip""#, true, "com.example.app", "voip", .production),
        (#","topic":"com.example.app.voip","push_type":"voip""#, true, "com.example.app", "voip", .production),
        (#","topic":"com.example.voip""#, true, "com.example.voip", "", .sandbox),
        (#","topic":"com.example.app.push-type.liveactivity""#, true, "com.example.app", "liveactivity", .production),
        (#","event":"end","timestamp":1"#, true, "", "liveactivity", .production),
        (#","push_type":"background""#, true, "", "", .production), (#","push_type":"mdm""#, true, "", "mdm", .production),
    ])
    func whereATokenOfAppleIs(
        _ fields: String, _ isProduction: Bool, _ app: String, _ kind: String, _ environment: ProviderEnvironment
    ) throws {
        let sending = try #require(try sending(#""platform":1,"tokens":["aa"],"message":"M"\#(fields)"#, isProduction: isProduction))
        let token = Token(address: "aa", environment: environment, kind: kind, appIdentifier: app)
        #expect(sending.requests.map(\.audience) == [Audience(tokens: [RawToken(provider: .apns, token: token)])])
    }

    @Test(arguments: [
        #""platform":1,"tokens":["aa"],"topic":"com.example.other""#, #""platform":1,"tokens":["aa"],"topic":"com.example.voip","production":true"#,
        #""platform":3,"tokens":["aa"],"app_id":"other""#,
    ])
    func whatHasNoCredentialsIsPassedOver(_ fields: String) throws {
        #expect(try sending(fields) == nil)
        #expect(try sending(#""platform":2,"tokens":["aa"]"#, platforms: GorushPlatforms([:])) == nil)
    }

    // MARK: Android

    @Test(arguments: [
        (#""message":"M","title":"T","image":"I""#, #"{"notification":{"title":"T","body":"M","image":"I"}}"#),
        (#""notification":{ "title" : "N" }"#, #"{"notification":{ "title" : "N" }}"#),
        (#""notification":{"title":"N","icon":"i"},"title":"T""#, #"{"notification":{"title":"T","icon":"i"}}"#),
        (#""data":{"s":"t","n":1.50,"b":true,"o":{ "a" : 1 }}"#, #"{"data":{"s":"t","n":"1.50","b":"true","o":"{ \"a\" : 1 }"}}"#),
        (#""data":{ "s" : "t" }"#, #"{"data":{ "s" : "t" }}"#), (#""data":{}"#, "{}"),
        (#""priority":"high""#, #"{"android":{"priority":"high"}}"#), (#""priority":"other""#, "{}"),
        (#""priority":"high","android":{"priority":"normal"}"#, #"{"android":{"priority":"normal"}}"#),
        (#""collapse_key":"c","time_to_live":0,"restricted_package_name":"p""#, #"{"android":{"collapse_key":"c","ttl":"0s","restricted_package_name":"p"}}"#),
        (#""delay_while_idle":true"#, "{}"),
        (#""sound":"s""#, #"{"android":{"notification":{"sound":"s"}},"apns":{"payload":{"aps":{"sound":"s"}}}}"#),
        (#""sound":{"name":"s"}"#, "{}"),
        (#""sound":"s","android":{"notification":{"sound":"mine"}}"#, #"{"android":{"notification":{"sound":"mine"}},"apns":{"payload":{"aps":{"sound":"s"}}}}"#),
        (#""mutable_content":true"#, #"{"apns":{"payload":{"aps":{"mutable-content":1}}}}"#),
        (
            #""content_available":true,"data":{"n":1}"#,
            #"{"data":{"n":"1"},"apns":{"headers":{"apns-priority":"5"},"payload":{"aps":{"content-available":1},"n":1}}}"#
        ),
        (
            #""content_available":true,"apns":{"headers":{"apns-priority":"10"},"fcm_options":{}}"#,
            #"{"apns":{"headers":{"apns-priority":"10"},"fcm_options":{},"payload":{"aps":{"content-available":1}}}}"#
        ),
        (#""webpush":{ "headers":{}},"apns":{"x" :1},"fcm_options":{"y": 2}"#, #"{"webpush":{ "headers":{}},"apns":{"x" :1},"fcm_options":{"y": 2}}"#),
    ])
    func theMessageToGoogle(_ fields: String, _ message: String) throws {
        let request = try request(#""platform":2,"tokens":["a"],\#(fields)"#)
        #expect(request.notification.fcm == FCMSection(message: message))
    }

    @Test func whomAMessageToGoogleIsFor() throws {
        let sending = try #require(
            try sending(#""platform":2,"tokens":["a"],"to":"b","topic":"t","condition":"'x' in topics","dry_run":true,"time_to_live":60,"priority":"high""#))
        let request = try #require(sending.requests.first)
        #expect(request.audience.tokens.map(\.token.address) == ["a", "b", "t", "'x' in topics"])
        #expect(request.audience.tokens.map(\.token.kind) == ["", "", "topic", "condition"])
        #expect(sending.count == 3 && request.notification.fcm?.validateOnly == true)
        #expect(request.policy.ttl.seconds == 60 && request.policy.urgency == .high)
        #expect(try self.request(#""platform":2,"tokens":null,"to":"/topics/t""#).audience.tokens.map(\.token.kind) == ["topic"])
    }

    // MARK: Huawei

    @Test(arguments: [
        (#""huawei_data":"{}""#, #"{"data":"{}","android":{"urgency":"NORMAL"}}"#),
        (#""priority":"high","huawei_collapse_key":0,"category":"WORK","huawei_ttl":"60s","bi_tag":"b","fast_app_target":2"#,
            #"{"android":{"urgency":"HIGH","collapse_key":0,"category":"WORK","ttl":"60s","bi_tag":"b","fast_app_target":2}}"#),
        (#""title":"T","message":"M","image":"I""#,
            #"{"android":{"urgency":"NORMAL","notification":{"title":"T","body":"M","image":"I","default_sound":true,"click_action":{"type":3}}}}"#),
        (#""huawei_notification":{"title":"N","click_action":{"type": 1}},"message":"M","sound":"s""#,
            #"{"android":{"urgency":"NORMAL","notification":{"title":"N","click_action":{"type": 1},"body":"M","sound":"s"}}}"#),
    ])
    func theMessageToHuawei(_ fields: String, _ message: String) throws {
        let request = try request(#""platform":3,"tokens":["a"],\#(fields)"#)
        #expect(request.notification.hms == HMSSection(message: message))
    }

    @Test func whomAMessageToHuaweiIsFor() throws {
        let request = try request(#""platform":3,"tokens":["a"],"topic":"t","condition":"'x' in topics","app_id":"1001","huawei_ttl":"60s""#)
        #expect(request.audience.tokens.map(\.token.kind) == ["", "topic", "condition"])
        #expect(Set(request.audience.tokens.map(\.token.appIdentifier)) == ["2002"] && request.policy.ttl.seconds == 60)
    }

    // MARK: Counting, and mistakes

    @Test func manyTokensOfAppleAreSeveralPushes() throws {
        let tokens = (0..<2001).map { "\"\($0)\"" }.joined(separator: ",")
        let sending = try #require(try sending(#""platform":1,"tokens":[\#(tokens)],"topic":"com.example.app""#))
        #expect(sending.requests.map(\.audience.tokens.count) == [1000, 1000, 1] && sending.count == 2002)
        #expect(try self.sending(#""platform":1,"tokens":[]"#)?.requests.isEmpty == true)
    }

    @Test(arguments: [
        (#""tokens":["a"]"#, "Missing notifications field."), (#""platform":0,"tokens":["a"]"#, "Missing notifications field."),
        (#""platform":1"#, "Missing notifications field."), (#""platform":2,"tokens":null"#, "Missing notifications field."),
        (#""platform":1,"tokens":null,"topic":"com.example.app""#, "Missing notifications field."),
        (#""platform":4,"tokens":["a"]"#, "notifications[0].platform: it is 1 (iOS), 2 (Android) or 3 (Huawei), not 4"),
        (#""platform":1,"tokens":["a"],"title":7"#, "notifications[0].title: expected a text"),
        (#""platform":1,"tokens":["a"],"badge":1.5"#, "notifications[0].badge: expected a whole number"),
        (#""platform":1,"tokens":["a"],"alert":"x""#, "notifications[0].alert: expected an object"),
        (#""platform":1,"tokens":["a"],"content_available":1"#, "notifications[0].content_available: expected true or false"),
        (#""platform":1,"tokens":[7]"#, "notifications[0].tokens: expected a list of texts"),
        (#""platform":1,"tokens":["a"],"data":{"aps":1}"#, "notifications[0].data: aps is what the other fields make; give the member another name"),
        (#""platform":2,"tokens":["a"],"android":[]"#, "notifications[0].android: expected an object"),
    ])
    func aMistakeIsNamed(_ fields: String, _ message: String) throws {
        let problem = #expect(throws: GorushProblem.self) { _ = try sending(fields) }
        #expect(problem?.message == message)
    }
}
