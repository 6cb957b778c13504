import FCM
import Testing

@Suite struct FCMReplyTests {
    private func refusal(_ status: Int, _ body: String) throws -> FCMRefusal {
        guard case .refused(let refusal) = FCMReply(status: status, body: Array(body.utf8)) else { throw Accepted() }
        return refusal
    }
    private struct Accepted: Error {}

    @Test func aNameIsAcceptance() {
        #expect(FCMReply(status: 200, body: Array(#"{"name":"projects/p/messages/1"}"#.utf8)) == .accepted(name: "projects/p/messages/1"))
    }

    @Test func fcmsOwnCodeIsFoundAmongTheDetails() throws {
        let refusal = try refusal(
            404,
            #"{"error":{"code":404,"message":"Requested entity was not found.","status":"NOT_FOUND","details":[{"@type":"type.googleapis.com/google.rpc.Other","errorCode":7},{"@type":"type.googleapis.com/google.firebase.fcm.v1.FcmError","errorCode":"UNREGISTERED"}]}}"#)
        #expect(refusal.code == .unregistered && refusal.status == "NOT_FOUND" && refusal.httpStatus == 404)
    }

    @Test func aCodeOfAnotherDetailIsNotFCMs() throws {
        let refusal = try refusal(
            404, #"{"error":{"status":"NOT_FOUND","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","errorCode":"UNREGISTERED"}]}}"#)
        #expect(refusal.code == nil)
    }

    @Test func violationsAreRead() throws {
        let refusal = try refusal(
            400,
            #"{"error":{"status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"field":"message.android.ttl","description":"bad"}]}]}}"#)
        #expect(refusal.violations == ["message.android.ttl: bad"])
    }

    @Test(arguments: ["", "<html>503</html>", "null", "[]", #"{"error":"text"}"#, #"{"error":{"details":"text"}}"#])
    func whatIsNotFCMsIsARefusalWithoutWords(_ body: String) throws {
        let refusal = try refusal(503, body)
        #expect(refusal.code == nil && refusal.httpStatus == 503)
    }

    @Test func twoHundredWithoutANameIsNoAcceptance() throws { #expect(try refusal(200, "{}").httpStatus == 200) }
}
