import FCM
import Foundation
import Testing

@Suite struct FCMRequestTests {
    private func text(_ body: FCMRequestBody, _ target: FCMTarget) throws -> String {
        String(decoding: try body.bytes(to: target), as: UTF8.self)
    }

    @Test func aRawMessageGoesThroughByteForByte() throws {
        let raw = #"  { "data" : {"n":"1.0"} ,"x_new":  1.50 }"#
        #expect(
            try text(FCMRequestBody(message: raw), .fid("f"))
                == #"{"message":  {"fid":"f", "data" : {"n":"1.0"} ,"x_new":  1.50 }}"#)
    }

    @Test func eachTargetHasItsMember() throws {
        let body = try FCMRequestBody(FCMMessage(data: ["a": "b"]), validateOnly: true)
        let rest = #","data":{"a":"b"}}}"#
        let start = #"{"validate_only":true,"message":{"#
        #expect(try text(body, .token("c:AP_91-b")) == start + #""token":"c:AP_91-b""# + rest)
        #expect(try text(body, .fid("a\"b\u{1}")) == start + #""fid":"a\"b\u0001""# + rest)
        #expect(try text(body, .topic(FCMTopic("/topics/news"))) == start + #""topic":"news""# + rest)
        let condition = try FCMCondition("'a' in topics && ('b' in topics || !('c' in topics))")
        #expect(try text(body, .condition(condition)).contains(#""condition":"'a' in topics && "#))
    }

    @Test func anEmptyMessageIsStillJSON() throws {
        #expect(try text(FCMRequestBody(FCMMessage()), .token("t")) == #"{"message":{"token":"t"}}"#)
    }

    @Test(arguments: [
        ("[]", nil), ("{", nil), (#"{"token":"t"}"#, "token"), (#"{"fid":"t","data":{}}"#, "fid"), (#"{"topic":"t"}"#, "topic"),
        (#"{"condition":"t"}"#, "condition"), ("{}", "message"), (#"{"data":{"gcm.x":"1"}}"#, "data.gcm.x"),
        (#"{"android":{"ttl":"2419201s"}}"#, "android.ttl"), (#"{"android":{"notification":{"notification_count":-1}}}"#, "android.notification.notification_count"),
    ] as [(String, String?)])
    func aRawMessageThatCannotBeIsNamed(_ raw: String, _ field: String?) {
        let error = #expect(throws: FCMError.self) { try FCMRequestBody(message: raw) }
        #expect(error?.field == field)
    }

    @Test(arguments: ["", "a b", "ä", String(repeating: "a", count: 901)])
    func topicsHaveAGrammar(_ name: String) {
        #expect(throws: FCMError.self) { try FCMTopic(name) }
    }

    @Test(arguments: [
        "", "a in topics", "'a in topics", "('a' in topics", "'a b' in topics",
        "'a' in topics || 'b' in topics || 'c' in topics || 'd' in topics || 'e' in topics || 'f' in topics",
    ])
    func conditionsHaveAGrammar(_ text: String) {
        #expect(throws: FCMError.self) { try FCMCondition(text) }
    }

    @Test func subscriptionsAreResourcesAndTokensAreEscaped() throws {
        let topic = try FCMTopic("news%1")
        let base = "/v1/projects/p/registrations/a%3Ab/topicSubscriptions"
        let subscribe = FCMTopicSubscription.subscribe("a:b", to: topic, project: "p")
        #expect(subscribe.method == "POST" && subscribe.path == base + "?topic_name=news%251" && subscribe.body == Array("{}".utf8))
        let unsubscribe = FCMTopicSubscription.unsubscribe("a:b", from: topic, project: "p")
        #expect(unsubscribe.method == "DELETE" && unsubscribe.path == base + "/news%251?allow_missing=true")
        #expect(FCMTopicSubscription.get("a:b", topic, project: "p").path == base + "/news%251")
        #expect(
            FCMTopicSubscription.list("a:b", project: "p", pageSize: 5, pageToken: "x/y").path
                == base + "?page_size=5&page_token=x%2Fy")
    }

    @Test func theEndpointNamesTheProject() {
        #expect(FCMEndpoint.send(project: "p-1") == "https://fcm.googleapis.com/v1/projects/p-1/messages:send")
    }
}
