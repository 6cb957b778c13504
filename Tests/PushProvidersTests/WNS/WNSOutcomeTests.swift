import Foundation
import HTTPTransport
import PushSender
import Testing

@testable import PushProviders

/// A row per documented answer.
@Suite struct WNSOutcomeTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)
    private static let minutes = now.addingTimeInterval(120)

    struct Row: Sendable, CustomTestStringConvertible {
        let status: Int
        var headers: [(name: String, value: String)] = []
        let expected: WNSOutcome.Answer
        var testDescription: String { "\(status) \(headers.map(\.value).joined(separator: " "))" }
    }

    static let rows: [Row] = [
        Row(status: 200, headers: [("X-WNS-Status", "received"), ("X-WNS-Msg-ID", "m")], expected: .outcome(.accepted(id: "m"))),
        Row(status: 200, headers: [("X-WNS-NotificationStatus", "received")], expected: .outcome(.accepted(id: nil))),
        Row(status: 200, expected: .outcome(.accepted(id: nil))),
        Row(status: 200, headers: [("x-wns-status", "dropped")], expected: .outcome(.rejected(reason: "WNS answered 200: dropped"))),
        Row(status: 200, headers: [("x-wns-notificationstatus", "dropped")], expected: .outcome(.rejected(reason: "WNS answered 200: dropped"))),
        Row(status: 200, headers: [("x-wns-status", "channelthrottled")], expected: .outcome(.throttled(until: minutes))),
        Row(
            status: 200, headers: [("x-wns-notificationstatus", "channelthrottled"), ("retry-after", "30")],
            expected: .outcome(.throttled(until: now.addingTimeInterval(30)))),
        Row(status: 302, expected: .outcome(.rejected(reason: "WNS answered 302"))),
        Row(status: 400, headers: [("x-wns-error-description", "bad tag")], expected: .outcome(.rejected(reason: "WNS answered 400: bad tag"))),
        Row(status: 401, expected: .accessTokenRefused(reason: "WNS answered 401")),
        Row(status: 403, expected: .outcome(.rejected(reason: "WNS answered 403; the channel belongs to another app than these credentials"))),
        Row(status: 404, expected: .outcome(.unregistered(since: nil))),
        Row(status: 405, expected: .outcome(.rejected(reason: "WNS answered 405"))),
        Row(status: 406, expected: .outcome(.throttled(until: minutes))),
        Row(status: 406, headers: [("Retry-After", "7")], expected: .outcome(.throttled(until: now.addingTimeInterval(7)))),
        Row(status: 408, expected: .outcome(.unavailable(until: nil, reason: "WNS answered 408"))),
        Row(status: 410, expected: .outcome(.unregistered(since: nil))),
        Row(
            status: 410, headers: [("X-WNS-Error-Description", "Domain Blocked")],
            expected: .outcome(.unauthorized(problem: "WNS answered 410: Domain Blocked; Microsoft has shut this sender out"))),
        Row(status: 413, expected: .outcome(.rejected(reason: "WNS answered 413"))),
        Row(status: 418, expected: .outcome(.rejected(reason: "WNS answered 418"))),
        Row(status: 429, expected: .outcome(.throttled(until: minutes))),
        Row(status: 500, expected: .outcome(.unavailable(until: nil, reason: "WNS answered 500"))),
        Row(status: 503, headers: [("retry-after", "9")], expected: .outcome(.unavailable(until: now.addingTimeInterval(9), reason: "WNS answered 503"))),
    ]

    @Test(arguments: rows) func everyAnswerHasItsOutcome(_ row: Row) {
        #expect(WNSOutcome.read(TransportReply(status: row.status, headers: row.headers), now: Self.now) == row.expected)
    }

    @Test func noAnswerIsTriedAgainButAForbiddenAddressIsNot() {
        #expect(WNSOutcome.read(TransportError(.timedOut, "late")) == .unavailable(until: nil, reason: "late"))
        #expect(WNSOutcome.read(TransportError(.untrusted, "cert")) == .unavailable(until: nil, reason: "cert"))
        #expect(WNSOutcome.read(TransportError(.forbiddenAddress, "no")) == .rejected(reason: "no"))
    }
}
