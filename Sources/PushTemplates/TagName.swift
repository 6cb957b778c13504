import PushSender

/// What a tag asks for: `name`, `device.tags.plan`, `uppercased(name)`; in a list `.` and `last()`.
struct TagName {
    enum Subject {
        case path([String])
        /// The list's item.
        case item
        /// Where in the list it is.
        case turn
    }

    let text: String
    let subject: Subject
    /// What is done to the value, the last first.
    let transforms: [String]

    private static let ofTexts: Set = ["uppercased", "lowercased", "capitalized"]
    private static let ofTurns: Set = ["first", "last", "index", "even", "odd"]

    init(_ tag: Substring) throws(TextProblem) {
        text = String(tag.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        var rest = text[...]
        var transforms: [String] = []
        while let bracket = rest.firstIndex(of: "("), rest.last == ")" {
            transforms.append(String(rest[..<bracket]))
            rest = rest[rest.index(after: bracket)...].dropLast()
        }
        self.transforms = transforms
        if rest.isEmpty, transforms.count == 1, Self.ofTurns.contains(transforms[0]) {
            subject = .turn
            return
        }
        guard transforms.allSatisfy(Self.ofTexts.contains) else {
            throw TextProblem("{{\(text)}}: nothing else can be done to a text than \(Self.ofTexts.sorted().joined(separator: ", "))")
        }
        subject = rest == "." ? .item : .path(try Self.path(rest, in: text))
    }

    private static func path(_ name: Substring, in text: String) throws(TextProblem) -> [String] {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false).map { String($0) }
        guard parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(isNameByte) }) else {
            throw TextProblem("{{\(text)}} is no name; write it with a-z, A-Z, 0-9, _ and -, and dots between: {{device.tags.plan}}")
        }
        return parts
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
        }
    }
}
