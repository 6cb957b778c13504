import Foundation
import HTTPTransport
import Testing

@Suite struct RetryAfterTests {
    /// RFC 9110 §5.6.7 gives this moment in all three forms: 1994-11-06 08:49:37 GMT.
    private let example = Date(timeIntervalSince1970: 784_111_777)

    @Test(arguments: ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"])
    func datesAreReadInAllThreeForms(_ text: String) {
        #expect(HTTPDate.parse(text) == example)
    }

    @Test func leapDaysAreCounted() {
        #expect(HTTPDate.parse("Thu, 29 Feb 2024 00:00:00 GMT") == Date(timeIntervalSince1970: 1_709_164_800))
        #expect(HTTPDate.parse("Sun, 01 Mar 2026 00:00:00 GMT") == Date(timeIntervalSince1970: 1_772_323_200))
    }

    @Test(arguments: ["", "soon", "Sun, 99 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 8:49 GMT", "1.5", "-3", "06 Nov"])
    func whatIsNeitherIsNothing(_ text: String) {
        #expect(RetryAfter.moment(text, now: example) == nil)
    }

    @Test func secondsCountFromNow() {
        #expect(RetryAfter.moment(" 120 ", now: example) == example.addingTimeInterval(120))
    }

    @Test func aDateInThePastIsNowAndAFarOneIsBounded() {
        let now = example.addingTimeInterval(60)
        #expect(RetryAfter.moment("Sun, 06 Nov 1994 08:49:37 GMT", now: now) == now)
        #expect(RetryAfter.moment("99999999999", now: now) == now.addingTimeInterval(86_400))
    }

    @Test func headerNamesHaveNoCase() {
        let reply = TransportReply(status: 429, headers: [("Retry-After", "5")])
        #expect(reply.retryAfter(now: example) == example.addingTimeInterval(5))
    }
}
