/// Says whether a text is well-formed XML (XML 1.0, without document types), as far as notifications go.
struct XMLScanner {
    private static let maximumDepth = 64
    private static let entities: Set<Substring> = ["lt", "gt", "amp", "apos", "quot"]

    private var rest: Substring

    /// - Returns: the name of the root element; nil when the text is not well-formed.
    static func root(of bytes: [UInt8]) -> String? {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        var scanner = XMLScanner(rest: text[...])
        _ = scanner.take("\u{FEFF}")
        guard scanner.takeMisc(), let name = scanner.takeElement(depth: 0), scanner.takeMisc(), scanner.rest.isEmpty else { return nil }
        return name
    }

    private mutating func take(_ text: String) -> Bool {
        guard rest.hasPrefix(text) else { return false }
        rest = rest.dropFirst(text.count)
        return true
    }

    private mutating func skipSpace() { rest = rest.drop(while: \.isWhitespace) }

    /// Everything up to and with the end mark.
    private mutating func take(through end: String) -> Bool {
        while !rest.isEmpty {
            if take(end) { return true }
            rest.removeFirst()
        }
        return false
    }

    /// Declarations, comments and space around the root element.
    private mutating func takeMisc() -> Bool {
        while true {
            skipSpace()
            if take("<?") {
                guard take(through: "?>") else { return false }
            } else if take("<!--") {
                guard take(through: "-->") else { return false }
            } else {
                return true
            }
        }
    }

    private mutating func takeElement(depth: Int) -> String? {
        guard depth < Self.maximumDepth, take("<"), let name = takeName(), takeAttributes() else { return nil }
        if take("/>") { return name }
        guard take(">"), takeContent(depth: depth), take("</"), takeName() == name else { return nil }
        skipSpace()
        return take(">") ? name : nil
    }

    private mutating func takeName() -> String? {
        guard let first = rest.first, first.isLetter || first == "_" || first == ":" else { return nil }
        let name = rest.prefix { $0.isLetter || $0.isNumber || "_:.-".contains($0) }
        rest = rest.dropFirst(name.count)
        return String(name)
    }

    private mutating func takeAttributes() -> Bool {
        var names: Set<String> = []
        while true {
            let hadSpace = rest.first?.isWhitespace == true
            skipSpace()
            if rest.hasPrefix(">") || rest.hasPrefix("/>") { return true }
            guard hadSpace, let name = takeName(), names.insert(name).inserted else { return false }
            skipSpace()
            guard take("=") else { return false }
            skipSpace()
            guard takeValue() else { return false }
        }
    }

    private mutating func takeValue() -> Bool {
        guard let quote = rest.first, quote == "\"" || quote == "'" else { return false }
        rest.removeFirst()
        while let next = rest.first, next != quote {
            if next == "<" || !takeCharacter() { return false }
        }
        return take(String(quote))
    }

    private mutating func takeContent(depth: Int) -> Bool {
        while let next = rest.first {
            if rest.hasPrefix("</") { return true }
            if take("<!--") {
                guard take(through: "-->") else { return false }
            } else if take("<![CDATA[") {
                guard take(through: "]]>") else { return false }
            } else if take("<?") {
                guard take(through: "?>") else { return false }
            } else if next == "<" {
                guard takeElement(depth: depth + 1) != nil else { return false }
            } else if !takeCharacter() {
                return false
            }
        }
        return false
    }

    /// A character that XML permits, or a reference to one.
    private mutating func takeCharacter() -> Bool {
        guard let next = rest.first else { return false }
        rest.removeFirst()
        guard next == "&" else { return next.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\t" || $0 == "\n" || $0 == "\r" } }
        let reference = rest.prefix { $0 != ";" }
        guard reference.count <= 8, reference.count < rest.count, Self.isKnown(reference) else { return false }
        rest = rest.dropFirst(reference.count + 1)
        return true
    }

    private static func isKnown(_ reference: Substring) -> Bool {
        if entities.contains(reference) { return true }
        guard reference.hasPrefix("#") else { return false }
        let number = reference.hasPrefix("#x") ? UInt32(reference.dropFirst(2), radix: 16) : UInt32(reference.dropFirst())
        return number.flatMap(Unicode.Scalar.init).map { $0.value >= 0x20 || [0x9, 0xA, 0xD].contains($0.value) } == true
    }
}
