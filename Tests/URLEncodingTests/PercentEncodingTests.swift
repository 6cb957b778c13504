import Testing
import URLEncoding

@Suite struct PercentEncodingTests {
    @Test(arguments: [
        ("", ""), ("azAZ09-._~", "azAZ09-._~"), ("a:b/c", "a%3Ab%2Fc"), ("a b+c", "a%20b%2Bc"), ("%41", "%2541"),
        ("é€😀", "%C3%A9%E2%82%AC%F0%9F%98%80"),
        ("\u{0}\n\u{7F}", "%00%0A%7F"), ("?#[]@!$&'()*,;=", "%3F%23%5B%5D%40%21%24%26%27%28%29%2A%2C%3B%3D"),
    ])
    func unreservedCharactersStayAndEveryOtherByteIsEscaped(_ text: String, _ encoded: String) {
        #expect(percentEncoded(text) == encoded)
    }

    @Test func sixtySixBytesAreUnreserved() {
        #expect((UInt8.min ... .max).filter(isUnreserved).count == 66)
    }
}
