/// Keeps the bytes of some values of a JSON text: each is turned into a JSON string of its own text before anything is decoded, so that
/// numbers, spaces and the order of members survive.
struct RawJSON {
    private let text: [UInt8]
    private var position = 0
    private var edits: [(range: Range<Int>, text: [UInt8])] = []

    /// - Parameters:
    ///   - text: any JSON text; what is no JSON comes back as it is, for the decoder to complain about.
    ///   - paths: members of members, from the outermost object. A value that is a string already is left alone.
    static func quote(_ paths: [[String]], in text: [UInt8]) -> [UInt8] {
        var scanner = RawJSON(text: text)
        scanner.walk(paths.map { $0.map { Array($0.utf8) }[...] })
        return scanner.edited
    }

    private init(text: [UInt8]) { self.text = text }

    private var edited: [UInt8] {
        guard !edits.isEmpty else { return text }
        var result: [UInt8] = []
        var copied = 0
        for edit in edits {
            result += text[copied..<edit.range.lowerBound] + edit.text
            copied = edit.range.upperBound
        }
        return result + text[copied...]
    }

    /// Stands before a value; goes through it if it is an object that some path leads into, else over it.
    private mutating func walk(_ paths: [ArraySlice<[UInt8]>]) {
        skipSpace()
        let start = position
        if paths.contains(where: \.isEmpty) {
            skipValue()
            if text.indices.contains(start), text[start] != UInt8(ascii: "\"") { quote(start..<position) }
            return
        }
        guard !paths.isEmpty, take(UInt8(ascii: "{")) else { return skipValue() }
        repeat {
            skipSpace()
            guard let name = takeString() else { break }
            guard take(UInt8(ascii: ":")) else { return }
            walk(paths.filter { $0.first.map { $0[...] == name } ?? false }.map { $0.dropFirst() })
        } while take(UInt8(ascii: ","))
        _ = take(UInt8(ascii: "}"))
    }

    private mutating func quote(_ range: Range<Int>) {
        var quoted: [UInt8] = [UInt8(ascii: "\"")]
        for byte in text[range] {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): quoted += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): quoted += Array(#"\n"#.utf8)
            case UInt8(ascii: "\r"): quoted += Array(#"\r"#.utf8)
            case UInt8(ascii: "\t"): quoted += Array(#"\t"#.utf8)
            default: quoted.append(byte)
            }
        }
        edits.append((range, quoted + [UInt8(ascii: "\"")]))
    }

    // MARK: Scanning

    /// Over a value of any kind; brackets are counted, not followed, so that depth costs no stack.
    private mutating func skipValue() {
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

    private mutating func skipWord() {
        let ends = Array(",:{}[]\" \n\r\t".utf8)
        while position < text.count, !ends.contains(text[position]) { position += 1 }
    }

    /// - Returns: the bytes between the quotes, escapes and all.
    private mutating func takeString() -> ArraySlice<UInt8>? {
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

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard position < text.count, text[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while position < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[position]) { position += 1 }
    }
}
