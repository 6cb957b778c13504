import Foundation
import HTTPTransport
import PushSender
import Testing

@testable import PushProviders

/// One row for each row of Firebase's table of error codes, and for what is not FCM's own answer.
@Suite struct FCMOutcomeTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    enum Expected: Sendable { case accepted, unregistered, rejected, throttled(Double), unavailable(Double), unauthorized, accessToken }

    struct Row: Sendable, CustomTestStringConvertible {
        let status: Int
        let code: String?
        var retryAfter: String?
        let expected: Expected
        var testDescription: String { "\(status) \(code ?? "–")" }

        var reply: TransportReply {
            let detail = code.map { #",{"@type":"type.googleapis.com/google.firebase.fcm.v1.FcmError","errorCode":"\#($0)"}"# } ?? ""
            let body = #"{"error":{"code":\#(status),"message":"m","status":"S","details":[{"@type":"x"}\#(detail)]}}"#
            return TransportReply(status: status, headers: retryAfter.map { [("retry-after", $0)] } ?? [], body: Array(body.utf8))
        }
    }

    private static let rows: [Row] = [
        Row(status: 400, code: "UNSPECIFIED_ERROR", expected: .rejected),
        Row(status: 500, code: "UNSPECIFIED_ERROR", expected: .unavailable(10)),
        Row(status: 400, code: "INVALID_ARGUMENT", expected: .rejected),
        Row(status: 404, code: "UNREGISTERED", expected: .unregistered),
        Row(status: 403, code: "SENDER_ID_MISMATCH", expected: .rejected),
        Row(status: 429, code: "QUOTA_EXCEEDED", expected: .throttled(60)),
        Row(status: 429, code: "QUOTA_EXCEEDED", retryAfter: "7", expected: .throttled(7)),
        Row(status: 429, code: "QUOTA_EXCEEDED", retryAfter: "Fri, 15 Jan 2027 08:01:30 GMT", expected: .throttled(90)),
        Row(status: 503, code: "UNAVAILABLE", expected: .unavailable(10)),
        Row(status: 503, code: "UNAVAILABLE", retryAfter: "120", expected: .unavailable(120)),
        Row(status: 500, code: "INTERNAL", expected: .unavailable(10)),
        Row(status: 401, code: "THIRD_PARTY_AUTH_ERROR", expected: .rejected),
        Row(status: 400, code: "SOMETHING_NEW", expected: .rejected), Row(status: 503, code: "SOMETHING_NEW", expected: .unavailable(10)),
        Row(status: 401, code: "SOMETHING_NEW", expected: .accessToken), Row(status: 403, code: "SOMETHING_NEW", expected: .unauthorized),
        Row(status: 404, code: "SOMETHING_NEW", expected: .rejected), Row(status: 429, code: "SOMETHING_NEW", expected: .throttled(60)),
        Row(status: 401, code: nil, expected: .accessToken), Row(status: 403, code: nil, expected: .unauthorized),
        Row(status: 404, code: nil, expected: .unauthorized), Row(status: 429, code: nil, expected: .throttled(60)),
        Row(status: 400, code: nil, expected: .rejected), Row(status: 408, code: nil, expected: .unavailable(10)),
        Row(status: 502, code: nil, expected: .unavailable(10)), Row(status: 200, code: nil, expected: .unavailable(10)),
        Row(status: 301, code: nil, expected: .rejected),
    ]

    @Test(arguments: rows)
    func everyAnswerHasItsOutcome(_ row: Row) {
        let answer = FCMOutcome.read(row.reply, now: Self.now)
        switch (row.expected, answer) {
        case (.unregistered, .outcome(.unregistered(nil))), (.rejected, .outcome(.rejected)), (.unauthorized, .outcome(.unauthorized)),
            (.accessToken, .accessTokenRefused):
            break
        case (.throttled(let seconds), .outcome(.throttled(let until))), (.unavailable(let seconds), .outcome(.unavailable(let until, _))):
            #expect(until == Self.now.addingTimeInterval(seconds))
        default: Issue.record("\(answer)")
        }
    }

    @Test func aNameIsAcceptance() {
        let reply = TransportReply(status: 200, body: Array(#"{"name":"projects/p/messages/1"}"#.utf8))
        #expect(FCMOutcome.read(reply, now: Self.now) == .outcome(.accepted(id: "projects/p/messages/1")))
    }

    @Test func transportErrorsNeverDisable() {
        for code in [TransportError.Code.timedOut, .unreachable, .untrusted, .refused, .broken] {
            #expect(FCMOutcome.read(TransportError(code, "m")) == .unavailable(until: nil, reason: "m"))
        }
        #expect(FCMOutcome.read(TransportError(.invalidURL, "m")) == .rejected(reason: "m"))
    }
}
