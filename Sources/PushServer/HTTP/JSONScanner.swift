/// Walks a JSON text byte by byte, without making values of it. What is no JSON is walked over somehow, for the decoder to complain about.
struct JSONScanner {
    let text: [UInt8]
    private(set) var position = 0

    init(_ text: [UInt8]) { self.text = text }

    /// The byte that comes next.
    var next: UInt8? { text.indices.contains(position) ? text[position] : nil }

    /// Goes through the members of an object that begins here, or over whatever else does.
    /// - Parameter member: stands before a member's value, and must go over it.
    mutating func members(_ member: (_ name: ArraySlice<UInt8>, inout JSONScanner) -> Void) {
        guard take(UInt8(ascii: "{")) else { return skipValue() }
        repeat {
            skipSpace()
            guard let name = takeString() else { break }
            guard take(UInt8(ascii: ":")) else { return }
            member(name, &self)
        } while take(UInt8(ascii: ","))
        _ = take(UInt8(ascii: "}"))
    }

    /// Goes through the elements of a list that begins here, or over whatever else does.
    mutating func elements(_ element: (_ index: Int, inout JSONScanner) -> Void) {
        guard take(UInt8(ascii: "[")) else { return skipValue() }
        var index = 0
        skipSpace()
        while let byte = next, byte != UInt8(ascii: "]") {
            let start = position
            element(index, &self)
            index += 1
            guard take(UInt8(ascii: ",")) || position > start else { return }
            skipSpace()
        }
        _ = take(UInt8(ascii: "]"))
    }

    /// Over a value of any kind; brackets are counted, not followed, so that depth costs no stack.
    mutating func skipValue() {
        var depth = 0
        repeat {
            skipSpace()
            guard position < text.count else { return }
            switch text[position] {
            case UInt8(ascii: "\""):
                guard takeString() != nil else { return position = text.count }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard depth > 0 else { return }
                depth -= 1
                position += 1
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                guard depth > 0 else { return }
                position += 1
            default:
                skipWord()
            }
        } while depth > 0
    }

    /// The text of the value that begins here.
    mutating func takeValue() -> ArraySlice<UInt8> {
        skipSpace()
        let start = min(position, text.count)
        skipValue()
        return text[start..<max(start, min(position, text.count))]
    }

    private mutating func skipWord() {
        let ends = Array(",:{}[]\" \n\r\t".utf8)
        while position < text.count, !ends.contains(text[position]) { position += 1 }
    }

    /// - Returns: the bytes between the quotes, escapes and all.
    mutating func takeString() -> ArraySlice<UInt8>? {
        guard position < text.count, text[position] == UInt8(ascii: "\"") else { return nil }
        let start = position + 1
        position = start
        while position < text.count, text[position] != UInt8(ascii: "\"") {
            position += text[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard position < text.count else { return nil }
        defer { position += 1 }
        return text[start..<position]
    }

    mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard position < text.count, text[position] == byte else { return false }
        position += 1
        return true
    }

    mutating func skipSpace() {
        while position < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[position]) { position += 1 }
    }
}
