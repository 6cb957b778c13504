import FCM
import Testing

@Suite struct FCMReplyTests {
    private func refusal(_ status: Int, _ body: String) throws -> FCMRefusal {
        guard case .refused(let refusal) = FCMReply(status: status, body: Array(body.utf8)) else { throw Accepted() }
        return refusal
    }
    private struct Accepted: Error {}

    /// - Parameter details: JSON objects, without the prefix of their `@type`.
    private func refusal(details: String...) throws -> FCMRefusal {
        let list = details.map { $0.replacing(#""@type":""#, with: #""@type":"type.googleapis.com/"#) }.joined(separator: ",")
        return try refusal(400, #"{"error":{"code":400,"message":"m","status":"S","details":[\#(list)]}}"#)
    }

    @Test(arguments: [
        #"{"name":"projects/p/messages/0:1%2"}"#, "{\n  \"name\": \"projects/p/messages/0:1%2\"\n}\n",
        #"{"name":"projects\/p\/messages\/0:1%2"}"#, #"{"other":1,"name":"projects/p/messages/0:1%2"}"#,
    ])
    func aNameIsAcceptance(_ body: String) {
        #expect(FCMReply(status: 200, body: Array(body.utf8)) == .accepted(name: "projects/p/messages/0:1%2"))
    }

    @Test(arguments: ["{}", "", #"{"name":1}"#, #"{"name":"cut off"#, "<html>", #"{"error":{"name":"x"}}"#])
    func twoHundredWithoutANameIsNoAcceptance(_ body: String) throws { #expect(try refusal(200, body).httpStatus == 200) }

    @Test func fcmsOwnCodeIsFoundAmongTheDetails() throws {
        let refusal = try refusal(
            404,
            #"{"error":{"code":404,"message":"Requested entity was not found.","status":"NOT_FOUND","details":[{"@type":"type.googleapis.com/google.rpc.Other","errorCode":7},{"@type":"type.googleapis.com/google.firebase.fcm.v1.FcmError","errorCode":"UNREGISTERED"}]}}"#)
        #expect(refusal.code == .unregistered && refusal.status == "NOT_FOUND" && refusal.httpStatus == 404)
        #expect(refusal.message == "Requested entity was not found.")
    }

    @Test func aCodeOfAnotherDetailIsNotFCMs() throws {
        #expect(try refusal(details: #"{"@type":"google.rpc.ErrorInfo","errorCode":"UNREGISTERED"}"#).code == nil)
        #expect(try refusal(details: #"{"@type":"my.google.firebase.fcm.v1.FcmError","errorCode":"UNREGISTERED"}"#).code == nil)
        #expect(try refusal(details: #"{"errorCode":"UNREGISTERED"}"#).code == nil)
    }

    @Test func violationsAreRead() throws {
        let refusal = try refusal(
            details: #"{"@type":"google.rpc.BadRequest","fieldViolations":[{"field":"message.android.ttl","description":"bad"},{"field":"x"}]}"#,
            #"{"@type":"google.rpc.QuotaFailure","violations":[{"subject":"project:p","description":"used up"}]}"#)
        #expect(refusal.violations == ["message.android.ttl: bad", "x"] && refusal.quotaViolations == ["project:p: used up"])
    }

    @Test(arguments: [(#""3.5s""#, 3.5), (#""0s""#, 0), (#""soon""#, nil), ("3", nil)] as [(String, Double?)])
    func theDelayIsRead(_ delay: String, _ seconds: Double?) throws {
        #expect(try refusal(details: #"{"@type":"google.rpc.RetryInfo","retryDelay":\#(delay)}"#).retryDelaySeconds == seconds)
    }

    @Test func applesWordsAreRead() throws {
        let error = try refusal(details: #"{"@type":"google.firebase.fcm.v1.ApnsError","statusCode":403,"reason":"InvalidProviderToken"}"#).apnsError
        #expect(error?.status == 403 && error?.reason == "InvalidProviderToken")
    }

    @Test(arguments: [
        "", "<html>503</html>", "null", "[]", #"{"error":"text"}"#, #"{"error":{"details":"text"}}"#, #"{"error":{"details":[1,null,"x"]}}"#,
    ])
    func whatIsNotFCMsIsARefusalWithoutWords(_ body: String) throws {
        let refusal = try refusal(503, body)
        #expect(refusal.code == nil && refusal.httpStatus == 503 && refusal.message == nil)
    }

    @Test func aStrangeMemberTakesNothingFromTheOthers() throws {
        let refusal = try refusal(404, #"{"error":{"message":7,"status":"S","details":[3,{"@type":"type.googleapis.com/google.firebase.fcm.v1.FcmError","errorCode":"UNREGISTERED"}]}}"#)
        #expect(refusal.status == "S" && refusal.code == .unregistered)
    }
}
