import Testing
import WebPush

@Suite struct RequestHeaderTests {
    @Test(arguments: [
        ("0", 0), ("60", 60), ("0060", 60), ("2147483648", 1 << 31), ("2147483649", 1 << 31), ("99999999999999999999999999", 1 << 31),
    ])
    func aTTLIsDigitsAndAtMost31Bits(_ header: String, _ seconds: Int) {
        #expect(TTL(header: header)?.seconds == seconds)
    }

    @Test(arguments: ["", "-1", "+1", " 1", "1 ", "1.5", "1e3", "0x1", "١", "1,2"])
    func anythingElseIsNoTTL(_ header: String) {
        #expect(TTL(header: header) == nil)
    }

    @Test func aTTLIsClamped() {
        #expect(TTL(seconds: -5).seconds == 0)
        #expect(TTL(seconds: .max).seconds == 1 << 31)
        #expect(TTL(seconds: 1) < TTL(seconds: 2))
    }

    @Test func urgenciesAreOrderedAndWrittenAsTheRFCDoes() {
        #expect(Urgency.allCases.sorted() == [.veryLow, .low, .normal, .high])
        #expect(Urgency.allCases.map(\.rawValue) == ["very-low", "low", "normal", "high"])
    }

    @Test func aCollapseKeyHas1To32CharactersOfBase64URL() throws {
        for value in ["a", "upd_-Z9", String(repeating: "x", count: 32)] { #expect(try CollapseKey(value).value == value) }
        for value in ["", String(repeating: "x", count: 33), "a b", "a=", "a+b", "a/b", "ä"] {
            #expect(refusal { try CollapseKey(value) } == .collapseKeyInvalid)
        }
    }
}
