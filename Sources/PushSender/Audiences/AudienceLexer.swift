/// Cuts an expression's text into words. Offsets count Unicode scalars; ``problem(_:_:at:)`` makes characters of them.
struct AudienceLexer {
    struct Word {
        let kind: Kind
        let offset: Int
    }

    enum Kind: Hashable {
        case name(String)
        case string(String)
        case number(Double)
        /// `( ) [ ] ,` and what compares.
        case symbol(String)
        case end
    }

    private let text: String
    private let scalars: [Unicode.Scalar]
    private var offset = 0

    init(_ text: String) {
        self.text = text
        scalars = Array(text.unicodeScalars)
    }

    /// The last word is the end.
    mutating func words() throws(AudienceExpressionProblem) -> [Word] {
        var words: [Word] = []
        repeat {
            skipSpace()
            let start = offset
            words.append(Word(kind: try nextKind(), offset: start))
        } while words.last?.kind != .end
        return words
    }

    func problem(_ problem: String, _ remedy: String, at offset: Int) -> AudienceExpressionProblem {
        var before = String.UnicodeScalarView()
        before.append(contentsOf: scalars[..<offset])
        return AudienceExpressionProblem(problem, remedy, at: min(String(before).count, text.count), of: text)
    }

    // MARK: Words

    private mutating func nextKind() throws(AudienceExpressionProblem) -> Kind {
        guard let first = peek() else { return .end }
        if first == "\"" { return .string(try string()) }
        if first == "-" || Self.isDigit(first) { return .number(try number()) }
        if Self.beginsName(first) { return .name(taken(while: Self.isInName)) }
        return .symbol(try symbol(first))
    }

    private static let symbols: Set<String> = ["==", "!=", "<=", ">=", "<", ">", "(", ")", "[", "]", ","]
    private static let foreign = [
        "&&": "write \"and\"", "||": "write \"or\"", "!": "write \"not\"", "=": "write \"==\" to compare", "'": "write \"…\" around text",
        "<>": "write \"!=\"",
    ]

    private mutating func symbol(_ first: Unicode.Scalar) throws(AudienceExpressionProblem) -> String {
        let one = String(Character(first))
        let two = offset + 1 < scalars.count ? one + String(Character(scalars[offset + 1])) : one
        for symbol in [two, one] {
            if Self.symbols.contains(symbol) {
                offset += symbol.unicodeScalars.count
                return symbol
            }
            if let remedy = Self.foreign[symbol] { throw problem("\"\(symbol)\" means nothing here", remedy, at: offset) }
        }
        throw problem(
            "\(Self.quoted(first)) means nothing here",
            "names are of letters, digits, \"_\", \"-\" and \".\"; others are written tag(\"…\")", at: offset)
    }

    private static func quoted(_ scalar: Unicode.Scalar) -> String {
        scalar.isASCII && scalar.value > 0x20 && scalar.value < 0x7F
            ? "\"\(scalar)\"" : "U+\(String(scalar.value, radix: 16, uppercase: true))"
    }

    private mutating func number() throws(AudienceExpressionProblem) -> Double {
        let start = offset
        let digits = taken { Self.isDigit($0) || "+-.eE".unicodeScalars.contains($0) }
        guard let number = Double(digits), number.isFinite, Self.isDigit(scalars[offset - 1]) else {
            throw problem("\"\(digits)\" is no number", "numbers are written as 18, -2.5 or 1e6", at: start)
        }
        return number
    }

    // MARK: Strings

    private mutating func string() throws(AudienceExpressionProblem) -> String {
        let start = offset
        offset += 1
        var content = String.UnicodeScalarView()
        while let scalar = peek(), scalar != "\"" {
            offset += 1
            if scalar.value < 0x20 {
                throw problem("a control character stands in the text", "write it as \\u\(Self.hexadecimal(scalar))", at: offset - 1)
            }
            content.append(scalar == "\\" ? try escaped() : scalar)
        }
        guard peek() != nil else { throw problem("the text that begins here has no end", "close it with \"", at: start) }
        offset += 1
        return String(content)
    }

    private static let escapes: [Unicode.Scalar: Unicode.Scalar] = [
        "\"": "\"", "\\": "\\", "/": "/", "b": "\u{8}", "f": "\u{C}", "n": "\n", "r": "\r", "t": "\t",
    ]

    private mutating func escaped() throws(AudienceExpressionProblem) -> Unicode.Scalar {
        let start = offset - 1
        guard let letter = peek() else { throw problem("the text ends within an escape", "write \\\\ for a backslash", at: start) }
        offset += 1
        if let scalar = Self.escapes[letter] { return scalar }
        guard letter == "u", let scalar = unicodeEscape(), scalar != "\0" else {
            throw problem(
                "this escape means nothing", "there are \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\uXXXX, but not for NUL", at: start)
        }
        return scalar
    }

    /// After `\u`; two of them where the first is half of a pair.
    private mutating func unicodeEscape() -> Unicode.Scalar? {
        guard let first = codeUnit() else { return nil }
        guard UTF16.isLeadSurrogate(first) else { return Unicode.Scalar(first) }
        guard peek() == "\\", offset + 1 < scalars.count, scalars[offset + 1] == "u" else { return nil }
        offset += 2
        guard let second = codeUnit(), UTF16.isTrailSurrogate(second) else { return nil }
        return String(decoding: [first, second], as: UTF16.self).unicodeScalars.first
    }

    private mutating func codeUnit() -> UInt16? {
        let digits = scalars[offset...].prefix(4)
        guard digits.count == 4, digits.allSatisfy({ $0.properties.isASCIIHexDigit }) else { return nil }
        offset += 4
        return UInt16(String(digits.map { Character($0) }), radix: 16)
    }

    // MARK: Scalars

    private func peek() -> Unicode.Scalar? { offset < scalars.count ? scalars[offset] : nil }

    private mutating func skipSpace() { _ = taken { $0.properties.isWhitespace } }

    private mutating func taken(while belongs: (Unicode.Scalar) -> Bool) -> String {
        let taken = scalars[offset...].prefix(while: belongs)
        offset += taken.count
        var view = String.UnicodeScalarView()
        view.append(contentsOf: taken)
        return String(view)
    }

    private static func hexadecimal(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }

    static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
    static func beginsName(_ scalar: Unicode.Scalar) -> Bool { scalar == "_" || scalar.properties.isAlphabetic }
    static func isInName(_ scalar: Unicode.Scalar) -> Bool { beginsName(scalar) || isDigit(scalar) || scalar == "-" || scalar == "." }
}
