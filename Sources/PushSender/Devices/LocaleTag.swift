/// A language tag, in its one spelling: `de`, `pt-BR`, `zh-Hant-TW` (BCP 47, RFC 5646).
///
/// Subtags are taken as they are, no register is asked whether there is such a language. `_` is taken as `-`: phones write `de_AT`.
public struct LocaleTag: Sendable, Hashable {
    /// In the case of RFC 5646 §2.1.1.
    public let name: String

    public static let limitBytes = 64

    /// Nil when the text is no tag.
    public init?(_ text: String) {
        let subtags = text.replacing("_", with: "-").split(separator: "-", omittingEmptySubsequences: false)
        guard text.utf8.count <= Self.limitBytes, let language = subtags.first, (2...8).contains(language.utf8.count),
            language.utf8.allSatisfy(\.isLetter), subtags.allSatisfy(Self.isSubtag), subtags.last?.utf8.count != 1
        else { return nil }
        name = Self.cased(subtags).joined(separator: "-")
    }

    /// The tag, then what it falls back to, the nearest first: `zh-Hant-TW`, `zh-Hant`, `zh` (RFC 4647 §3.4).
    public var chain: [String] {
        var left = name.split(separator: "-")
        var chain: [String] = []
        while !left.isEmpty {
            chain.append(left.joined(separator: "-"))
            left.removeLast()
            // What opens an extension says nothing without it.
            while left.last?.utf8.count == 1 { left.removeLast() }
        }
        return chain
    }

    /// - Parameter field: as the API spells it.
    /// - Returns: the tag in its one spelling.
    /// - Throws: ``PushProblem`` when the text is no tag.
    public static func checked(_ text: String, field: String) throws(PushProblem) -> String {
        guard let tag = LocaleTag(text) else {
            throw PushProblem(.invalidField, field: field, "this is no language tag; write it as de, pt-BR or zh-Hant-TW (BCP 47)")
        }
        return tag.name
    }

    private static func isSubtag(_ subtag: Substring) -> Bool {
        (1...8).contains(subtag.utf8.count) && subtag.utf8.allSatisfy { $0.isLetter || $0.isDigit }
    }

    private static func cased(_ subtags: [Substring]) -> [String] {
        let plain = subtags.firstIndex { $0.utf8.count == 1 } ?? subtags.endIndex
        return subtags.indices.map { index in
            let lower = subtags[index].lowercased()
            guard index > 0, index < plain else { return lower }
            return switch lower.utf8.count {
            case 2: lower.uppercased()
            case 4: lower.prefix(1).uppercased() + lower.dropFirst()
            default: lower
            }
        }
    }
}

extension UInt8 {
    fileprivate var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
