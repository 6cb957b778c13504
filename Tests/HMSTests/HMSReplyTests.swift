import HMS
import Testing

@Suite struct HMSReplyTests {
    private func reply(_ text: String) throws -> HMSReply { try #require(HMSReply(body: Array(text.utf8))) }

    @Test func aPlainAnswerIsRead() throws {
        let reply = try reply(#"{"code":"80000000","msg":"Success","requestId":"r1"}"#)
        #expect(reply.code == .success && reply.message == "Success" && reply.requestID == "r1" && reply.partialResult == nil)
        #expect(try self.reply(#"{"code":80300007,"msg":null}"#).code == .allTokensInvalid)
    }

    @Test func v1ListsTheTokensItLeftOutInsideItsMessage() throws {
        let result = try reply(#"{"code":"80100000","msg":"{\"success\":3,\"failure\":1,\"illegal_tokens\":[\"bad\"]}","requestId":"r"}"#).partialResult
        #expect(result?.success == 3 && result?.failure == 1 && result?.faults == ["bad": .illegal])
    }

    @Test func v3ListsThemByReason() throws {
        let text = #"{"code":"80100000","msg":"{\"success\":1,\"failure\":3,\"illegalTokens\":{\"tokenFormatError\":[\"a\",\"b\"],\"noRight\":[\"c\"]}}"}"#
        #expect(try reply(text).partialResult?.faults == ["a": .tokenFormatError, "b": .tokenFormatError, "c": .noRight])
    }

    @Test(arguments: ["", "<html>", "[]", #"{"msg":"no code"}"#]) func whatIsNoAnswerOfPushKitIsNone(_ body: String) {
        #expect(HMSReply(body: Array(body.utf8)) == nil)
    }

    @Test func theEndpointsAreByAppAndByProject() {
        #expect(HMSEndpoint.v1(appID: "1") == "https://push-api.cloud.huawei.com/v1/1/messages:send")
        #expect(HMSEndpoint.v2(projectID: "2") == "https://push-api.cloud.huawei.com/v2/2/messages:send")
        #expect(HMSEndpoint.v3(projectID: "3", origin: "http://localhost:1") == "http://localhost:1/v3/3/messages:send")
    }
}
