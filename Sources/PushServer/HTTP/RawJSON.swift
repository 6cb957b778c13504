/// Keeps the bytes of some values of a JSON text: each is turned into a JSON string of its own text before anything is decoded, so that
/// numbers, spaces and the order of members survive.
struct RawJSON {
    /// Stands in a path for every member.
    private static let anyMember = Array("*".utf8)
    private let anyCase: Bool
    private var edits: [(range: Range<Int>, text: [UInt8])] = []

    /// - Parameters:
    ///   - text: any JSON text; what is no JSON comes back as it is, for the decoder to complain about.
    ///   - paths: members of members, from the outermost object; `*` is any member. A value that is a string already is left alone.
    ///   - anyCase: whether names count however they are capitalised; then the paths are in lower case.
    static func quote(_ paths: [[String]], in text: [UInt8], anyCase: Bool = false) -> [UInt8] {
        var raw = RawJSON(anyCase: anyCase), scanner = JSONScanner(text)
        raw.walk(paths.map { $0.map { Array($0.utf8) }[...] }, &scanner)
        return raw.edited(text)
    }

    private init(anyCase: Bool) { self.anyCase = anyCase }

    private func edited(_ text: [UInt8]) -> [UInt8] {
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
    private mutating func walk(_ paths: [ArraySlice<[UInt8]>], _ scanner: inout JSONScanner) {
        scanner.skipSpace()
        let start = scanner.position
        if paths.contains(where: \.isEmpty) {
            let isText = scanner.next == UInt8(ascii: "\"")
            scanner.skipValue()
            if !isText, start < scanner.position { quote(scanner.text[start..<scanner.position], start..<scanner.position) }
            return
        }
        guard !paths.isEmpty else { return scanner.skipValue() }
        scanner.members { name, scanner in
            let name = anyCase ? name.map(Self.lower)[...] : name
            walk(paths.filter { $0.first.map { $0[...] == name || $0 == Self.anyMember } ?? false }.map { $0.dropFirst() }, &scanner)
        }
    }

    private static func lower(_ byte: UInt8) -> UInt8 { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte }

    private mutating func quote(_ value: ArraySlice<UInt8>, _ range: Range<Int>) {
        var quoted: [UInt8] = [UInt8(ascii: "\"")]
        for byte in value {
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
}
