import Foundation
import HTTPTransport
import PushSender
import Testing

@testable import PushProviders

/// A row per documented answer.
@Suite struct HMSOutcomeTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    struct Row: Sendable, CustomTestStringConvertible {
        var status = 200
        var headers: [(name: String, value: String)] = []
        var code: String?
        var harmony = false
        let expected: HMSOutcome.Answer
        var testDescription: String { "\(status) \(code ?? "") \(harmony ? "v3" : "v1")" }

        static func rejected(_ code: String, status: Int = 200) -> Row {
            Row(status: status, code: code, expected: .each([.rejected(reason: "Huawei answered \(code): words")]))
        }
    }

    static let rows: [Row] = [
        Row(code: "80000000", expected: .each([.accepted(id: "r")])),
        Row(code: "80000000", harmony: true, expected: .each([.accepted(id: "r")])),
        Row(code: "80100000", expected: .each([.rejected(reason: "Huawei took it for some devices, but did not say for which")])),
        .rejected("80100001", status: 400), .rejected("80100002"), .rejected("80100003"), .rejected("80100004"), .rejected("80100013"),
        .rejected("80100016"),
        Row(code: "80100017", expected: .each([.throttled(until: nil)])),
        .rejected("80100018"),
        Row(code: "80200001", expected: .accessTokenRefused(reason: "Huawei answered 80200001: words")),
        Row(status: 401, code: "80200003", expected: .accessTokenRefused(reason: "Huawei answered 80200003: words")),
        Row(status: 401, code: "80200005", expected: .accessTokenRefused(reason: "Huawei answered 80200005: words")),
        Row(
            code: "80300002",
            expected: .each([.unauthorized(problem: "Huawei answered 80300002: words; check app_id and project_id, and that Push Kit is switched on")])),
        Row(code: "80300007", expected: .each([.unregistered(since: nil)])),
        Row(code: "80300007", harmony: true, expected: .each([.rejected(reason: "Huawei answered 80300007: words")])),
        .rejected("80300008"), .rejected("80300010"), .rejected("80300011"), .rejected("80300013"),
        Row(code: "80600003", expected: .each([.unavailable(until: nil, reason: "Huawei answered 80600003: words")])),
        Row(status: 500, code: "81000001", expected: .each([.unavailable(until: nil, reason: "Huawei answered 81000001: words")])),
        // Unknown codes fall back by status.
        .rejected("80999999"), .rejected("80999999", status: 400),
        Row(status: 401, code: "80999999", expected: .accessTokenRefused(reason: "Huawei answered 80999999: words")),
        Row(status: 500, code: "80999999", expected: .each([.unavailable(until: nil, reason: "Huawei answered 80999999: words")])),
        // No answer of Push Kit.
        Row(status: 200, expected: .each([.unavailable(until: nil, reason: "Huawei answered 200")])),
        Row(status: 302, expected: .each([.rejected(reason: "Huawei answered 302")])),
        Row(status: 400, expected: .each([.rejected(reason: "Huawei answered 400")])),
        Row(status: 401, expected: .accessTokenRefused(reason: "Huawei answered 401")),
        Row(status: 403, expected: .each([.unauthorized(problem: "Huawei answered 403")])),
        Row(status: 404, expected: .each([.unauthorized(problem: "Huawei answered 404; check app_id, project_id and endpoint")])),
        Row(status: 408, expected: .each([.unavailable(until: nil, reason: "Huawei answered 408")])),
        Row(status: 429, headers: [("retry-after", "5")], expected: .each([.throttled(until: now.addingTimeInterval(5))])),
        Row(status: 500, expected: .each([.unavailable(until: nil, reason: "Huawei answered 500")])),
        Row(status: 502, headers: [("Retry-After", "9")], expected: .each([.unavailable(until: now.addingTimeInterval(9), reason: "Huawei answered 502")])),
        Row(status: 503, expected: .each([.throttled(until: nil)])),
        Row(status: 503, headers: [("retry-after", "7")], code: "81000001", expected: .each([.throttled(until: now.addingTimeInterval(7))])),
    ]

    @Test(arguments: rows) func everyAnswerHasItsOutcome(_ row: Row) {
        let body = row.code.map { #"{"code":"\#($0)","msg":"words","requestId":"r"}"# } ?? "<html>"
        let reply = TransportReply(status: row.status, headers: row.headers, body: Array(body.utf8))
        #expect(HMSOutcome.read(reply, tokens: ["t"], isHarmony: row.harmony, now: Self.now) == row.expected)
    }

    /// `t` got reason, the nine others did not.
    @Test(arguments: [
        ("tokenFormatError", true), ("noRight", true), ("noPushTypeRight", false), ("atomicUnableSendUnsubscribedMsg", false),
        ("countryNotSupport", false), ("tokenPlatformNotSupport", false), ("disableSendHuaweiMsgBecauseOfPenalty", false),
        ("differentImgVerifyPolicy", false), ("appinfoError", false), ("noRightToSendThisLiveNotificationEvent", false), ("somethingNew", false),
    ])
    func onlyAProvenFaultOfTheTokenDisablesIt(_ reason: String, _ isDead: Bool) {
        let tokens = ["t"] + (1...9).map { "good\($0)" }
        let reply = TransportReply.json(#"{"code":"80100000","msg":"{\"success\":9,\"failure\":1,\"illegalTokens\":{\"\#(reason)\":[\"t\"]}}","requestId":"r"}"#)
        let dead: Outcome = isDead ? .unregistered(since: nil) : .rejected(reason: "Huawei left the device out: \(reason)")
        #expect(HMSOutcome.read(reply, tokens: tokens, isHarmony: true, now: Self.now) == .each([dead] + Array(repeating: .accepted(id: "r"), count: 9)))
    }

    @Test func aTokenOfAnotherProjectIsBlamedOnlyAmongMany() {
        func outcome(_ code: String, refused: Int, of count: Int) -> Outcome? {
            let tokens = (0..<count).map { "t\($0)" }
            let list = tokens.prefix(refused).map { #"\"\#($0)\""# }.joined(separator: ",")
            let reply = TransportReply.json(#"{"code":"\#(code)","msg":"{\"illegalTokens\":{\"noRight\":[\#(list)]}}"}"#)
            guard case .each(let outcomes) = HMSOutcome.read(reply, tokens: tokens, isHarmony: true, now: Self.now) else { return nil }
            return outcomes.first
        }
        #expect(outcome("80100000", refused: 1, of: 10) == .unregistered(since: nil))
        #expect(outcome("80100000", refused: 1, of: 9) == .rejected(reason: "Huawei left the device out: noRight"))
        #expect(outcome("80100000", refused: 500, of: 1000) == .rejected(reason: "Huawei left the device out: noRight"))
        #expect(outcome("80300007", refused: 1, of: 1) == .rejected(reason: "Huawei left the device out: noRight"))
    }

    @Test func allInvalidInV3IsReadByReason() {
        let reply = TransportReply.json(#"{"code":"80300007","msg":"{\"illegalTokens\":{\"tokenFormatError\":[\"a\"],\"countryNotSupport\":[\"b\"]}}"}"#)
        #expect(
            HMSOutcome.read(reply, tokens: ["a", "b"], isHarmony: true, now: Self.now)
                == .each([.unregistered(since: nil), .rejected(reason: "Huawei left the device out: countryNotSupport")]))
    }

    @Test func noAnswerIsTriedAgainButAForbiddenAddressIsNot() {
        #expect(HMSOutcome.read(TransportError(.timedOut, "late")) == .unavailable(until: nil, reason: "late"))
        #expect(HMSOutcome.read(TransportError(.untrusted, "cert")) == .unavailable(until: nil, reason: "cert"))
        #expect(HMSOutcome.read(TransportError(.forbiddenAddress, "no")) == .rejected(reason: "no"))
        #expect(HMSOutcome.read(TransportError(.invalidURL, "no")) == .rejected(reason: "no"))
    }
}
