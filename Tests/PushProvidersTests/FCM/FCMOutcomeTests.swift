import Foundation
import HTTPTransport
import PushSender
import Testing

@testable import PushProviders

/// One row for each row of Firebase's table of error codes, and for what is not FCM's own answer.
@Suite struct FCMOutcomeTests {
    private static let now = FCMSamples.now

    enum Expected: Sendable { case unregistered, rejected, throttled(Double), unavailable(Double), unauthorized, accessToken }

    struct Row: Sendable, CustomTestStringConvertible {
        let status: Int
        let code: String?
        var retryAfter: String?
        var retryInfo: String?
        let expected: Expected
        var testDescription: String { "\(status) \(code ?? "–") \(retryAfter ?? "") \(retryInfo ?? "")" }

        var reply: TransportReply {
            FCMSamples.refused(
                status, code: code,
                details: retryInfo.map { [#"{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"\#($0)"}"#] } ?? [],
                headers: retryAfter.map { [("Retry-After", $0)] } ?? [])
        }
    }

    /// 2027-01-15 08:00:00 GMT and 90 seconds.
    private static let date = "Fri, 15 Jan 2027 08:01:30 GMT"

    private static let fcmsOwn: [Row] = [
        Row(status: 400, code: "UNSPECIFIED_ERROR", expected: .rejected),
        Row(status: 500, code: "UNSPECIFIED_ERROR", expected: .unavailable(10)),
        Row(status: 400, code: "INVALID_ARGUMENT", expected: .rejected),
        Row(status: 404, code: "UNREGISTERED", expected: .unregistered),
        Row(status: 403, code: "SENDER_ID_MISMATCH", expected: .rejected),
        Row(status: 429, code: "QUOTA_EXCEEDED", expected: .throttled(60)),
        Row(status: 429, code: "QUOTA_EXCEEDED", retryAfter: "7", expected: .throttled(7)),
        Row(status: 429, code: "QUOTA_EXCEEDED", retryAfter: date, expected: .throttled(90)),
        Row(status: 429, code: "QUOTA_EXCEEDED", retryAfter: "soon", expected: .throttled(60)),
        Row(status: 429, code: "QUOTA_EXCEEDED", retryInfo: "33.5s", expected: .throttled(33.5)),
        Row(status: 429, code: "QUOTA_EXCEEDED", retryAfter: "7", retryInfo: "33s", expected: .throttled(7)),
        Row(status: 429, code: "QUOTA_EXCEEDED", retryInfo: "9999999s", expected: .throttled(86_400)),
        Row(status: 503, code: "UNAVAILABLE", expected: .unavailable(10)),
        Row(status: 503, code: "UNAVAILABLE", retryAfter: "120", expected: .unavailable(120)),
        Row(status: 503, code: "UNAVAILABLE", retryAfter: date, expected: .unavailable(90)),
        Row(status: 503, code: "UNAVAILABLE", retryInfo: "-5s", expected: .unavailable(0)),
        Row(status: 500, code: "INTERNAL", expected: .unavailable(10)),
        Row(status: 500, code: "INTERNAL", retryAfter: "30", expected: .unavailable(30)),
        Row(status: 401, code: "THIRD_PARTY_AUTH_ERROR", expected: .rejected),
    ]

    /// Nothing that contradicts itself, or that is new, or that isn't FCM's, drops a device.
    private static let others: [Row] = [
        Row(status: 400, code: "UNREGISTERED", expected: .rejected), Row(status: 503, code: "UNREGISTERED", expected: .unavailable(10)),
        Row(status: 400, code: "SOMETHING_NEW", expected: .rejected), Row(status: 503, code: "SOMETHING_NEW", expected: .unavailable(10)),
        Row(status: 401, code: "SOMETHING_NEW", expected: .accessToken), Row(status: 403, code: "SOMETHING_NEW", expected: .unauthorized),
        Row(status: 404, code: "SOMETHING_NEW", expected: .rejected), Row(status: 429, code: "SOMETHING_NEW", expected: .throttled(60)),
        Row(status: 400, code: nil, expected: .rejected), Row(status: 401, code: nil, expected: .accessToken),
        Row(status: 403, code: nil, expected: .unauthorized), Row(status: 404, code: nil, expected: .unauthorized),
        Row(status: 408, code: nil, expected: .unavailable(10)), Row(status: 410, code: nil, expected: .rejected),
        Row(status: 429, code: nil, expected: .throttled(60)), Row(status: 429, code: nil, retryAfter: "5", expected: .throttled(5)),
        Row(status: 500, code: nil, expected: .unavailable(10)), Row(status: 502, code: nil, retryAfter: date, expected: .unavailable(90)),
        Row(status: 200, code: nil, expected: .unavailable(10)), Row(status: 301, code: nil, expected: .rejected),
    ]

    @Test(arguments: fcmsOwn + others)
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

    @Test(arguments: [(404, "unauthorized"), (502, "unavailable")])
    func aProxysPageIsNoVerdictOnADevice(_ status: Int, _ expected: String) {
        let reply = TransportReply(status: status, body: Array("<html><h1>\(status)</h1></html>".utf8))
        #expect("\(FCMOutcome.read(reply, now: Self.now))".contains(expected))
    }

    @Test func aNameIsAcceptance() {
        #expect(FCMOutcome.read(FCMSamples.accepted, now: Self.now) == .outcome(.accepted(id: "projects/p-1/messages/1")))
    }

    @Test func theReasonSaysWhatFCMSaid() {
        let reply = FCMSamples.refused(
            400, code: "INVALID_ARGUMENT",
            details: [
                #"{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"field":"message.x","description":"bad"}]}"#,
                #"{"@type":"type.googleapis.com/google.firebase.fcm.v1.ApnsError","statusCode":400,"reason":"BadTopic"}"#,
            ])
        let words = "FCM answered 400: INVALID_ARGUMENT: m: message.x: bad: APNs answered 400 BadTopic"
        #expect(FCMOutcome.read(reply, now: Self.now) == .outcome(.rejected(reason: words)))
    }

    @Test func transportErrorsNeverDisable() {
        for code in [TransportError.Code.timedOut, .unreachable, .untrusted, .refused, .broken] {
            #expect(FCMOutcome.read(TransportError(code, "m")) == .unavailable(until: nil, reason: "m"))
        }
        for code in [TransportError.Code.invalidURL, .forbiddenAddress] {
            #expect(FCMOutcome.read(TransportError(code, "m")) == .rejected(reason: "m"))
        }
    }
}
