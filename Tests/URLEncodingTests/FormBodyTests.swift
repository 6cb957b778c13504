import Testing
import URLEncoding

@Suite struct FormBodyTests {
    private func text(_ fields: KeyValuePairs<String, String>) -> String { String(decoding: formBody(fields), as: UTF8.self) }

    @Test func fieldsStandInTheOrderGiven() {
        #expect(text(["b": "1", "a": "2", "b": "3"]) == "b=1&a=2&b=3")
    }

    @Test func whatSeparatesFieldsIsEscapedInNamesAndValues() {
        #expect(text(["a&b": "c=d&e", "f=": "+ %"]) == "a%26b=c%3Dd%26e&f%3D=%2B%20%25")
    }

    @Test func aFieldMayBeEmpty() {
        #expect(text(["a": ""]) == "a=")
        #expect(text([:]) == "")
    }
}
