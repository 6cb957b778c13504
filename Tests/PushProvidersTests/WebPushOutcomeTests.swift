import Foundation
import HTTPTransport
import PushSender
import Testing

@testable import PushProviders

/// A row per documented answer.
@Suite struct WebPushOutcomeTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    struct Row: Sendable, CustomTestStringConvertible {
        let status: Int
        var headers: [(name: String, value: String)] = []
        var body = ""
        let outcome: Outcome
        var testDescription: String { "\(status) \(headers.map(\.value).joined()) \(body)" }
    }

    static let rows: [Row] = [
        Row(status: 201, headers: [("location", "https://p/m/1")], outcome: .accepted(id: "https://p/m/1")),
        Row(status: 200, outcome: .accepted(id: nil)),
        Row(status: 202, outcome: .accepted(id: nil)),
        Row(status: 204, outcome: .accepted(id: nil)),
        Row(status: 301, outcome: .rejected(reason: "the push service answered 301")),
        Row(status: 307, headers: [("location", "http://169.254.169.254/")], outcome: .rejected(reason: "the push service answered 307")),
        Row(status: 400, body: "UnauthorizedRegistration", outcome: .rejected(reason: "the push service answered 400: UnauthorizedRegistration")),
        Row(status: 401, body: "errno 109", outcome: .unauthorized(problem: "the push service answered 401: errno 109")),
        Row(status: 403, body: #"{"reason":"BadJwtToken"}"#, outcome: .unauthorized(problem: #"the push service answered 403: {"reason":"BadJwtToken"}"#)),
        Row(status: 403, body: #"{"reason":"BadAuthorizationHeader"}"#, outcome: .unauthorized(problem: #"the push service answered 403: {"reason":"BadAuthorizationHeader"}"#)),
        Row(status: 403, body: #"{"reason":"BadVapidPublicKey"}"#, outcome: .unauthorized(problem: #"the push service answered 403: {"reason":"BadVapidPublicKey"}"#)),
        anotherKey(400, #"{"reason":"VapidPkHashMismatch"}"#), anotherKey(403, #"{"reason":"VapidPkHashMismatch"}"#),
        anotherKey(403, "the VAPID credentials in the authorization header do not correspond to the credentials used to create the subscriptions."),
        Row(status: 400, body: #"{"reason":"BadWebPushTopic"}"#, outcome: .rejected(reason: #"the push service answered 400: {"reason":"BadWebPushTopic"}"#)),
        Row(status: 400, body: #"{"errno":111}"#, outcome: .rejected(reason: #"the push service answered 400: {"errno":111}"#)),
        Row(status: 404, outcome: .unregistered(since: nil)),
        Row(status: 404, body: #"{"reason":"BadPath"}"#, outcome: .unregistered(since: nil)),
        Row(status: 405, outcome: .rejected(reason: "the push service answered 405")),
        Row(status: 406, outcome: .throttled(until: nil)),
        Row(status: 406, headers: [("Retry-After", "7")], outcome: .throttled(until: now.addingTimeInterval(7))),
        Row(status: 408, outcome: .unavailable(until: nil, reason: "the push service answered 408")),
        Row(status: 410, outcome: .unregistered(since: nil)),
        Row(status: 410, body: #"{"errno":106}"#, outcome: .unregistered(since: nil)),
        Row(status: 410, body: #"{"reason":"ExpiredToken"}"#, outcome: .unregistered(since: nil)),
        Row(status: 410, headers: [("X-WNS-Error-Description", "Domain Blocked")], outcome: .rejected(reason: "the push service answered 410: Domain Blocked")),
        Row(status: 418, outcome: .rejected(reason: "the push service answered 418")),
        Row(status: 425, outcome: .unavailable(until: nil, reason: "the push service answered 425")),
        Row(status: 201, headers: [("X-WNS-Status", "dropped")], outcome: .rejected(reason: "the push service answered 201: dropped")),
        Row(status: 201, headers: [("X-WNS-NotificationStatus", "channelThrottled"), ("Retry-After", "5")], outcome: .throttled(until: now.addingTimeInterval(5))),
        Row(status: 201, headers: [("X-WNS-NotificationStatus", "received"), ("location", "l")], outcome: .accepted(id: "l")),
        Row(status: 413, outcome: .rejected(reason: "the push service answered 413")),
        Row(status: 429, outcome: .throttled(until: nil)),
        Row(status: 429, headers: [("retry-after", "30")], outcome: .throttled(until: now.addingTimeInterval(30))),
        Row(status: 500, outcome: .unavailable(until: nil, reason: "the push service answered 500")),
        Row(status: 502, headers: [("x-wns-error-description", "why")], body: "html", outcome: .unavailable(until: nil, reason: "the push service answered 502: why")),
        Row(status: 503, headers: [("Retry-After", "120")], outcome: .unavailable(until: now.addingTimeInterval(120), reason: "the push service answered 503")),
    ]

    private static func anotherKey(_ status: Int, _ body: String) -> Row {
        Row(
            status: status, body: body,
            outcome: .rejected(
                reason: "the subscription was made with another VAPID key: the browser has to subscribe again (the push service answered \(status): \(body))"))
    }

    @Test(arguments: rows) func everyAnswerHasItsOutcome(_ row: Row) {
        let reply = TransportReply(status: row.status, headers: row.headers, body: Array(row.body.utf8))
        #expect(WebPushOutcome.read(reply, now: Self.now) == row.outcome)
    }

    @Test func noAnswerIsTriedAgainButAForbiddenAddressIsNot() {
        #expect(WebPushOutcome.read(TransportError(.timedOut, "late")) == .unavailable(until: nil, reason: "late"))
        #expect(WebPushOutcome.read(TransportError(.broken, "cut")) == .unavailable(until: nil, reason: "cut"))
        #expect(WebPushOutcome.read(TransportError(.forbiddenAddress, "no")) == .rejected(reason: "no"))
    }
}
