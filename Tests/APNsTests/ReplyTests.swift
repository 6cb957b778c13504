import APNs
import Foundation
import Testing

@Suite struct ReplyTests {
    private func reply(_ status: Int, _ body: String, _ headers: [String: String] = [:]) -> APNsReply {
        APNsReply(status: status, body: Array(body.utf8)) { headers[$0] }
    }

    @Test func successHasIDsAndNoReason() {
        let reply = reply(200, "", ["apns-id": "i", "apns-unique-id": "u"])
        #expect(reply.isSuccess && reply.id == "i" && reply.uniqueID == "u" && reply.reason == nil && reply.timestamp == nil)
    }

    @Test func theTimestampIsInMilliseconds() {
        let reply = reply(410, #"{"reason":"Unregistered","timestamp":1800000000123}"#)
        #expect(reply.reason == .unregistered)
        #expect(abs((reply.timestamp?.timeIntervalSince1970 ?? 0) - 1_800_000_000.123) < 0.001)
    }

    @Test func spacesAndCaseDoNotCount() {
        #expect(reply(503, #"{"reason":"Service Unavailable"}"#).reason == .serviceUnavailable)
        #expect(reply(400, #"{"reason":"badtopic"}"#).reason == .badTopic)
        #expect(APNsReason(rawValue: "Bad Topic").hashValue == APNsReason.badTopic.hashValue)
        #expect(reply(400, #"{"reason":"Bad topic"}"#).reason?.rawValue == "Bad topic", "as it was written")
    }

    @Test(arguments: ["", "no JSON", "[]", #"{"reason":5}"#, #"{"timestamp":"x"}"#, #"{"reason":null,"timestamp":-1}"#])
    func anUnreadableBodyIsNoReason(_ body: String) {
        let reply = reply(410, body)
        #expect(reply.reason == nil && reply.timestamp == nil && !reply.isSuccess)
    }

    @Test func anUnknownReasonIsKept() {
        #expect(reply(400, #"{"reason":"NotYetInvented"}"#).reason?.rawValue == "NotYetInvented")
    }
}
