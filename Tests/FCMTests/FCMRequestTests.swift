import FCM
import Testing

@Suite struct FCMRequestTests {
    private func text(_ body: FCMRequestBody, _ target: FCMTarget) throws -> String {
        String(decoding: try body.bytes(to: target), as: UTF8.self)
    }

    @Test func eachTargetHasItsMember() throws {
        let body = try FCMRequestBody(FCMMessage(data: ["a": "b"]), validateOnly: true)
        let rest = #","data":{"a":"b"}}}"#
        let start = #"{"validate_only":true,"message":{"#
        #expect(try text(body, .token("c:AP_91-b")) == start + #""token":"c:AP_91-b""# + rest)
        #expect(try text(body, .fid("a\"b\u{1}")) == start + #""fid":"a\"b\u0001""# + rest)
        #expect(try text(body, .topic(FCMTopic("/topics/news"))) == start + #""topic":"news""# + rest)
        let condition = try FCMCondition("'a' in topics && ('b' in topics || !('c' in topics))")
        #expect(
            try text(body, .condition(condition)) == start + #""condition":"'a' in topics && ('b' in topics || !('c' in topics))""# + rest)
    }

    @Test func anEmptyMessageIsStillJSON() throws {
        #expect(try text(FCMRequestBody(FCMMessage()), .token("t")) == #"{"message":{"token":"t"}}"#)
    }

    @Test(arguments: [(FCMTarget.token(""), "token"), (.fid(""), "fid")])
    func nobodyIsNoTarget(_ target: FCMTarget, _ field: String) throws {
        let body = try FCMRequestBody(FCMMessage())
        let error = #expect(throws: FCMError.self) { try body.bytes(to: target) }
        #expect(error?.field == field)
    }

    @Test func aRequestIsReadyToBeSent() throws {
        let body = try FCMRequestBody(FCMMessage(data: ["a": "b"]))
        let request = try FCMRequest.send(body, to: .fid("f"), project: "p-1", accessToken: "ya29")
        #expect(request.method == "POST" && request.path == "/v1/projects/p-1/messages:send")
        #expect(String(decoding: request.body, as: UTF8.self) == #"{"message":{"fid":"f","data":{"a":"b"}}}"#)
        #expect(request.headers.map { "\($0.name): \($0.value)" } == ["authorization: Bearer ya29", "content-type: application/json; charset=UTF-8"])
        #expect(FCMEndpoint.send(project: "p-1") == "https://fcm.googleapis.com/v1/projects/p-1/messages:send")
        #expect(FCMEndpoint.send(project: "../x", origin: "http://h:1") == "http://h:1/v1/projects/..%2Fx/messages:send")
    }

    @Test func subscriptionsAreResourcesAndTokensAreEscaped() throws {
        let topic = try FCMTopic("news%1")
        let base = "/v1/projects/p/registrations/a%3Ab/topicSubscriptions"
        let requests = [
            FCMRequest.subscribe("a:b", to: topic, project: "p", accessToken: "ya29"),
            .unsubscribe("a:b", from: topic, project: "p", accessToken: "ya29"),
            .subscription("a:b", to: topic, project: "p", accessToken: "ya29"),
            .subscriptions(of: "a:b", project: "p", pageSize: 5, pageToken: "x/y", accessToken: "ya29"),
            .subscriptions(of: "a:b", project: "p", accessToken: "ya29"),
        ]
        #expect(
            requests.map { "\($0.method) \($0.path)" } == [
                "POST \(base)?topic_name=news%251", "DELETE \(base)/news%251?allow_missing=true", "GET \(base)/news%251",
                "GET \(base)?page_size=5&page_token=x%2Fy", "GET \(base)?page_size=100",
            ])
        #expect(requests.map { String(decoding: $0.body, as: UTF8.self) } == ["{}", "", "", "", ""])
        #expect(requests.allSatisfy { $0.headers.first?.value == "Bearer ya29" })
    }
}
