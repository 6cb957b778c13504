import PushTesting
import Testing
import JWS

@Suite struct Base64URLTests {
    @Test(arguments: [
        ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy"),
    ])
    func theExamplesOfRFC4648HoldWithoutPadding(_ plain: String, _ encoded: String) {
        #expect(Base64URL.encode(plain.utf8) == encoded)
        #expect(Base64URL.decode(encoded) == Array(plain.utf8))
    }

    @Test func bothAlphabetsAndPaddingAreRead() {
        let bytes: [UInt8] = [0xFB, 0xEF, 0xFF, 0xFE]
        #expect(Base64URL.encode(bytes) == "--___g")
        for text in ["--___g", "++///g", "--___g==", "++///g==", "++///g="] { #expect(Base64URL.decode(text) == bytes) }
        #expect(Base64URL.decode("xx--___g".dropFirst(2)) == bytes)
    }

    @Test(arguments: ["A", "AAAAA", "AA A", "AA\n", "AA=A", "AA===", "é", "A*=="])
    func whatNoBytesEncodeToIsRefused(_ text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test func everyLengthComesBack() {
        var generator = SeededGenerator(seed: 1)
        for count in 0...300 {
            let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
        }
    }
}
