import Testing

@testable import PushSimulators

struct JSONTextTests {
    private func read(_ text: String) -> JSONText? { JSONText(Array(text.utf8)) }

    @Test func valuesAreRead() {
        #expect(read(#" {"a":[1,-2.5e1,true,false,null,"x"],"b":{}} "#) == .object([
            .init(name: "a", value: .array([.number(1), .number(-25), .bool(true), .bool(false), .null, .string("x")])),
            .init(name: "b", value: .object([])),
        ]))
    }

    @Test func escapesAreRead() {
        #expect(read(#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00z""#)?.string == "\"\\/\u{8}\u{c}\n\r\té😀z")
    }

    @Test func theLastOfANameWins() { #expect(read(#"{"a":1,"a":2}"#)?["a"]?.integer == 2) }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\":1,}", "{a:1}", "'a'", "01", "1.", ".5", "+1", "1e", "nul", "truex", "\"a", "\"\\x\"", "\"\\ud83d\"", "\"\u{1}\"",
        "[1] [2]", "{\"a\" 1}", "-", "\"\\u12g4\"",
    ])
    func whatIsNoJSONIsNotRead(_ text: String) { #expect(read(text) == nil) }

    @Test func bytesThatAreNoTextAreNotRead() { #expect(JSONText([0x22, 0xFF, 0x22]) == nil) }

    @Test func depthHasALimit() {
        #expect(read(String(repeating: "[", count: 60) + String(repeating: "]", count: 60)) != nil)
        #expect(read(String(repeating: "[", count: 70) + String(repeating: "]", count: 70)) == nil)
    }

    @Test func quotedTextIsReadAgain() {
        let text = "a\"b\\c\n\t\u{1}é😀"
        #expect(read(JSONText.quoted(text))?.string == text)
    }
}
