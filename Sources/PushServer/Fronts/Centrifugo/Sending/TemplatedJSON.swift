#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Makes the core's templates (docs/notification.md) of Go templates that stand in the strings of a JSON text. Whatever has no template in
/// it stays as it is, byte for byte.
struct TemplatedJSON {
    /// By name; for one locale.
    let translations: [String: String]
    let usesMeta: Bool

    /// - Throws: ``CentrifugoError`` for a template that can't be read, ``MalformedBody`` for what is no JSON.
    func translated(_ json: String) throws -> String {
        let text = Array(json.utf8)
        // What is nested too deep to be walked is refused here.
        try GoJSON.check(text)
        var strings = TemplateStrings(), scanner = JSONScanner(text)
        strings.collect(&scanner)
        var result: [UInt8] = [], copied = 0
        for string in strings.found {
            result += text[copied..<string.range.lowerBound] + Array(try written(string, text).utf8)
            copied = string.range.upperBound
        }
        return String(decoding: result + text[copied...], as: UTF8.self)
    }

    private func written(_ string: TemplateStrings.Found, _ text: [UInt8]) throws -> String {
        let quoted = Data([UInt8(ascii: "\"")] + text[string.range] + [UInt8(ascii: "\"")])
        guard let value = try? JSONDecoder().decode(String.self, from: quoted) else { throw MalformedBody("a string is no JSON") }
        // Names of members are no templates, whatever they look like.
        return try string.isName ? Self.plain(value) : GoTemplate(value).parts.map(written).joined()
    }

    private func written(_ part: GoTemplate.Part) throws -> String {
        switch part {
        case .text(let text): return try Self.plain(text)
        case .value(let path, let instead):
            if path.first == "l10n", path.count == 2 { return try Self.plain(translations[path[1]]?.orAbsent ?? instead) }
            guard let name = name(path) else { return try Self.plain(instead) }
            return instead.isEmpty ? "{{\(name)}}" : "{{#\(name)}}{{\(name)}}{{/\(name)}}{{^\(name)}}\(try Self.plain(instead)){{/\(name)}}"
        }
    }

    /// What the core calls it; nil for what nobody knows.
    private func name(_ path: [String]) -> String? {
        switch (path.first, path.count) {
        case ("device", 2) where path[1] == "user": "user.id"
        case ("device", 2) where ["id", "platform", "locale"].contains(path[1]): "device.\(path[1])"
        case ("device", 2) where path[1] == "timezone": "device.time_zone"
        case ("device", 3) where path[1] == "meta" && usesMeta: "device.tags.\(path[2])"
        default: nil
        }
    }

    /// As it stands between quotes; no brace in it is one of a template.
    private static func plain(_ text: String) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        let quoted = String(decoding: try encoder.encode(text), as: UTF8.self)
        return String(quoted.dropFirst().dropLast()).replacing("{", with: #"\u007b"#).replacing("}", with: #"\u007d"#)
    }
}

/// The strings of a JSON text that have a template's braces in them, in their order.
private struct TemplateStrings {
    struct Found {
        /// Between the quotes.
        let range: Range<Int>
        let isName: Bool
    }

    private(set) var found: [Found] = []

    /// Stands before a value, and goes over it.
    mutating func collect(_ scanner: inout JSONScanner) {
        scanner.skipSpace()
        switch scanner.next {
        case UInt8(ascii: "{"):
            scanner.members { name, scanner in
                add(name, isName: true)
                collect(&scanner)
            }
        case UInt8(ascii: "["): scanner.elements { _, scanner in collect(&scanner) }
        case UInt8(ascii: "\""): if let string = scanner.takeString() { add(string, isName: false) }
        default: scanner.skipValue()
        }
    }

    /// A brace may be written as an escape, too.
    private mutating func add(_ string: ArraySlice<UInt8>, isName: Bool) {
        let text = String(decoding: string, as: UTF8.self).replacing(/\\u007b/.ignoresCase(), with: "{")
        guard text.contains("{{") else { return }
        found.append(Found(range: string.startIndex..<string.endIndex, isName: isName))
    }
}
