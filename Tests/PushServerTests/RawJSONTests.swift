import Foundation
import Testing

@testable import PushServer

@Suite struct RawJSONTests {
    private let path = [["a", "b"]]

    private func quoted(_ text: String, _ paths: [[String]]? = nil) -> String {
        String(decoding: RawJSON.quote(paths ?? path, in: Array(text.utf8)), as: UTF8.self)
    }

    @Test(arguments: [
        (#"{"a":{"b":{"z":1.0,  "y":[1e3,"\u00e9\n"]}}}"#, #"{"z":1.0,  "y":[1e3,"\u00e9\n"]}"#),
        (#" { "x" : {"b":1} , "a" : { "c" : [ ] , "b" : [ 1 , 2 ] } } "#, "[ 1 , 2 ]"),
        (#"{"a":{"b":12.50}}"#, "12.50"), (#"{"a":{"b":null}}"#, "null"),
        ("{\"a\":{\"b\":{\n\t\"k\":\"}\\\"]\"\r\n}}}", "{\n\t\"k\":\"}\\\"]\"\r\n}"),
    ])
    func theTextOfAValueComesThroughByteForByte(_ body: String, _ expected: String) throws {
        struct Body: Decodable {
            let a: A
            struct A: Decodable { let b: String }
        }
        let decoded = try JSONDecoder().decode(Body.self, from: Data(quoted(body).utf8))
        #expect(decoded.a.b == expected)
    }

    @Test(arguments: [
        #"{"a":{"b":"text \" with } quotes"}}"#, #"{"b":{"b":{}}}"#, #"{"a":[{"b":{}}]}"#, #"{"ab":{}}"#, "{}", "[]", "7", "",
    ])
    func whatNoPathLeadsToIsLeftAlone(_ body: String) { #expect(quoted(body) == body) }

    @Test(arguments: [
        "{", #"{"a"#, #"{"a":"#, #"{"a":{"b"#, #"{"a":{"b":{"c":"#, #"{"a":{"b":"x"#, "}", #"{"a":}"#, #"{,}"#, #"{"a":{"b":]}}"#,
        #"{"a":{"b":{}}"#, "\u{0}\u{1}", #"{"a":{"b":\"}}"#,
    ])
    func whatIsNoJSONDoesNoHarm(_ body: String) {
        #expect(throws: (any Error).self) { try JSONDecoder().decode([String: Int].self, from: Data(quoted(body).utf8)) }
    }

    @Test func depthCostsNoStack() {
        let deep = #"{"a":{"b":"# + String(repeating: "[", count: 200_000) + String(repeating: "]", count: 200_000) + "}}"
        #expect(quoted(deep).utf8.count == deep.utf8.count + 2)
    }

    @Test func severalPathsAreQuotedAtOnce() {
        #expect(quoted(#"{"a":{"b":1},"c":{"d":[2]}}"#, [["a", "b"], ["c", "d"]]) == #"{"a":{"b":"1"},"c":{"d":"[2]"}}"#)
    }
}
