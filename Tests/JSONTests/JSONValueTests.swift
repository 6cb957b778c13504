import JSON
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct JSONValueTests {
    private func read(_ text: String) throws -> JSONValue { try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) }

    private func written(_ value: JSONValue) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    @Test(arguments: [
        ("null", .null), ("true", .bool(true)), ("false", .bool(false)),
        ("0", .integer(0)), ("1", .integer(1)), ("-1", .integer(-1)),
        ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
        ("0.5", .number(0.5)), ("-1.25", .number(-1.25)), ("1e+300", .number(1e300)),
        (#""""#, .string("")), (#""1""#, .string("1")), (#""true""#, .string("true")), (#""/é\"""#, .string("/é\"")),
        ("[]", .array([])), (#"[1,true,"1",null,0.5]"#, .array([.integer(1), .bool(true), .string("1"), .null, .number(0.5)])),
        ("{}", .object([:])), (#"{"a":{"b":[false]},"c":0}"#, .object(["a": .object(["b": .array([.bool(false)])]), "c": .integer(0)])),
    ] as [(String, JSONValue)])
    func everyKindIsReadAsItselfAndWrittenAsItWas(_ text: String, _ value: JSONValue) throws {
        #expect(try read(text) == value)
        #expect(try written(value) == text)
    }

    @Test func aNumberBeyond64BitsIsNoInteger() throws {
        #expect(try read("9223372036854775808") == .number(9_223_372_036_854_775_808))
    }

    @Test func aWholeNumberIsAnIntegerHoweverItIsSpelt() throws {
        #expect(try read("[1.0,1e2]") == .array([.integer(1), .integer(100)]))
    }

    @Test(arguments: [Double.infinity, -.infinity, .nan])
    func whatJSONHasNoNumberForIsNotWritten(_ number: Double) {
        #expect(throws: EncodingError.self) { try written(.number(number)) }
    }

    @Test(arguments: ["", "{", "[1 2]", "nul", "1e400"])
    func whatIsNoJSONIsNotRead(_ text: String) {
        #expect(throws: DecodingError.self) { try read(text) }
    }

    @Test func onlyAnObjectHasMembers() {
        let object = JSONValue.object(["a": .integer(1), "b": .null])
        #expect(object["a"] == .integer(1))
        #expect(object["b"] == .null)
        #expect(object["c"] == nil)
        #expect(JSONValue.array([.integer(1)])["0"] == nil)
    }
}
