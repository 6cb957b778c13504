#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import JSON

/// JSON as Go's `encoding/json` reads it, which clients rely on: names in any case, `null` is nothing, unknown members are passed over.
enum GoJSON {
    /// - Parameter raw: members that are decoded as a `String` of their own text, byte for byte.
    static func decode<Value: Decodable>(_ type: Value.Type, _ text: [UInt8], raw: [[String]] = []) throws -> Value {
        guard !text.hasTrailingComma else { throw trailingComma }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .custom { Key(goName: $0.last?.stringValue ?? "") }
        do {
            let text = isNull(text[...]) ? Array("{}".utf8) : raw.isEmpty ? text : RawJSON.quote(raw, in: text, anyCase: true)
            return try decoder.decode(type, from: Data(text))
        } catch let error as DecodingError {
            throw MalformedBody(Problem(error).detail)
        }
    }

    /// The members of an object, by their names in lower case; of several of one name the last.
    static func members(_ text: ArraySlice<UInt8>) throws -> [String: ArraySlice<UInt8>] {
        guard !isNull(text) else { return [:] }
        guard first(text) == UInt8(ascii: "{") else { throw MalformedBody("expected an object") }
        var scanner = JSONScanner(Array(text)), members: [String: ArraySlice<UInt8>] = [:]
        scanner.skipSpace()
        scanner.members { name, scanner in members[String(decoding: name, as: UTF8.self).lowercased()] = scanner.takeValue() }
        return members
    }

    static func elements(_ text: ArraySlice<UInt8>) throws -> [ArraySlice<UInt8>] {
        guard !isNull(text) else { return [] }
        guard first(text) == UInt8(ascii: "[") else { throw MalformedBody("expected a list") }
        var scanner = JSONScanner(Array(text)), elements: [ArraySlice<UInt8>] = []
        scanner.skipSpace()
        scanner.elements { _, scanner in elements.append(scanner.takeValue()) }
        return elements
    }

    /// Several texts one after the other, with space between them or none.
    static func stream(_ text: [UInt8]) throws -> [[UInt8]] {
        var scanner = JSONScanner(text), values: [[UInt8]] = []
        scanner.skipSpace()
        while scanner.position < text.count {
            let value = Array(scanner.takeValue())
            guard !value.isEmpty else { throw MalformedBody("this is no JSON") }
            try check(value)
            values.append(value)
            scanner.skipSpace()
        }
        return values
    }

    /// - Throws: when the text is no JSON.
    static func check(_ text: [UInt8]) throws {
        guard !text.hasTrailingComma else { throw trailingComma }
        do { _ = try JSONDecoder().decode(AnyShape.self, from: Data(text)) } catch { throw MalformedBody("this is no JSON") }
    }

    private static let trailingComma = MalformedBody("this is no JSON: a comma stands before the end of a list or an object")

    static func isNull(_ text: ArraySlice<UInt8>) -> Bool { text.filter { $0 > 0x20 } == Array("null".utf8) }

    private static func first(_ text: ArraySlice<UInt8>) -> UInt8? { text.first { $0 > 0x20 } }

    /// Only its grammar is looked at.
    private struct AnyShape: Decodable {
        init(from decoder: any Decoder) {}
    }

    /// `include_total_count`, however it is capitalised, is `includeTotalCount` here.
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }

        init(goName: String) {
            let words = goName.lowercased().split(separator: "_")
            stringValue = words.enumerated().map { $0 == 0 ? String($1) : $1.prefix(1).uppercased() + $1.dropFirst() }.joined()
        }
    }

    /// What Go writes: zero values are left out by those who are asked to, names in snake case.
    static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        return Array(try encoder.encode(value))
    }
}

extension String {
    /// As Go says nothing of empty text.
    var orAbsent: String? { isEmpty ? nil : self }
}
