/// JSON that can't be read, in the words of JavaScript's engine.
struct LoopBackSyntaxError: Error {
    let message: String
}

extension LoopBackValue {
    /// - Throws: ``LoopBackSyntaxError``
    init(json: some StringProtocol) throws(LoopBackSyntaxError) { try self.init(json: Array(json.utf8)) }

    /// - Parameter bytes: one JSON value (RFC 8259), at most ``LoopBackParser/nestingLevels`` deep.
    init(json bytes: [UInt8]) throws(LoopBackSyntaxError) {
        var parser = LoopBackParser(bytes)
        self = try parser.whole()
    }
}

struct LoopBackParser {
    static let nestingLevels = 64

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func whole() throws(LoopBackSyntaxError) -> LoopBackValue {
        let value = try value(0)
        skipSpace()
        if position < bytes.count { throw unexpected() }
        return value
    }

    private mutating func value(_ level: Int) throws(LoopBackSyntaxError) -> LoopBackValue {
        guard level <= Self.nestingLevels else {
            throw LoopBackSyntaxError(message: "More than \(Self.nestingLevels) values within each other at position \(position)")
        }
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return .object(try members(level))
        case UInt8(ascii: "["): return .array(try elements(level))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    // MARK: Members and elements

    private mutating func members(_ level: Int) throws(LoopBackSyntaxError) -> [LoopBackValue.Member] {
        var members: [LoopBackValue.Member] = [], places: [String: Int] = [:]
        position += 1
        skipSpace()
        if take("}") { return [] }
        repeat {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw unexpected() }
            let name = try string()
            skipSpace()
            guard take(":") else { throw unexpected() }
            let value = try value(level + 1)
            if let place = places[name] { members[place].value = value } else {
                places[name] = members.count
                members.append(.init(name: name, value: value))
            }
            skipSpace()
        } while take(",")
        guard take("}") else { throw unexpected() }
        return members
    }

    private mutating func elements(_ level: Int) throws(LoopBackSyntaxError) -> [LoopBackValue] {
        var elements: [LoopBackValue] = []
        position += 1
        skipSpace()
        if take("]") { return [] }
        repeat {
            elements.append(try value(level + 1))
            skipSpace()
        } while take(",")
        guard take("]") else { throw unexpected() }
        return elements
    }

    // MARK: Words

    private mutating func word(_ word: StaticString, _ value: LoopBackValue) throws(LoopBackSyntaxError) -> LoopBackValue {
        for index in 0..<word.utf8CodeUnitCount {
            guard next == word.utf8Start[index] else { throw unexpected() }
            position += 1
        }
        return value
    }

    private mutating func number() throws(LoopBackSyntaxError) -> String {
        let start = position
        _ = take("-")
        if !take("0") { try digits() }
        if take(".") { try digits() }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            try digits()
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func digits() throws(LoopBackSyntaxError) {
        let start = position
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        if position == start { throw unexpected() }
    }

    // MARK: Strings

    private mutating func string() throws(LoopBackSyntaxError) -> String {
        var text: [UInt8] = []
        position += 1
        while let byte = next, byte != UInt8(ascii: "\"") {
            if byte < 0x20 { throw unexpected() }
            position += 1
            if byte == UInt8(ascii: "\\") { text += try escape().utf8 } else { text.append(byte) }
        }
        guard take("\"") else { throw unexpected() }
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func escape() throws(LoopBackSyntaxError) -> String {
        guard let byte = next else { throw unexpected() }
        position += 1
        switch byte {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return String(UnicodeScalar(byte))
        case UInt8(ascii: "u"): return try unicode()
        default:
            position -= 1
            throw unexpected()
        }
    }

    /// Half a pair, and the NUL that PostgreSQL can't keep, become what can't be shown.
    private mutating func unicode() throws(LoopBackSyntaxError) -> String {
        let first = try unit()
        guard (0xD800..<0xDC00).contains(first), bytes[position...].starts(with: "\\u".utf8) else { return Self.text([first]) }
        let start = position
        position += 2
        let second = try unit()
        if (0xDC00..<0xE000).contains(second) { return Self.text([first, second]) }
        position = start
        return Self.text([first])
    }

    private static func text(_ units: [UInt16]) -> String { units == [0] ? "\u{FFFD}" : String(decoding: units, as: UTF16.self) }

    private mutating func unit() throws(LoopBackSyntaxError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(UnicodeScalar(byte)).hexDigitValue else { throw unexpected() }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }

    // MARK: Bytes

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
    }

    private func unexpected() -> LoopBackSyntaxError {
        guard position < bytes.count else { return LoopBackSyntaxError(message: "Unexpected end of JSON input") }
        let token = String(decoding: bytes[position...].prefix(4), as: UTF8.self).first ?? "?"
        return LoopBackSyntaxError(message: "Unexpected token \(token) in JSON at position \(position)")
    }
}
