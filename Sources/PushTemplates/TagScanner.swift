import PushSender

/// Looks at a template's tags before Mustache does: what they ask for, and whether they stand where a value can't do harm. It sees tags
/// where Mustache sees them, as delimiters can't be changed.
struct TagScanner {
    private let limits: MustacheLimits
    private var place: TextPlace
    private var names: [TextName] = []
    private var tagCount = 0
    /// Where in the text each open section began.
    private var open: [TextPlace] = []

    /// - Throws: the first thing that a template may not have.
    static func names(in text: String, _ form: TextForm, _ limits: MustacheLimits) throws(TextProblem) -> [TextName] {
        var scanner = TagScanner(limits: limits, place: TextPlace(form))
        try scanner.scan(Array(text))
        return scanner.names
    }

    private init(limits: MustacheLimits, place: TextPlace) {
        self.limits = limits
        self.place = place
    }

    private mutating func scan(_ text: [Character]) throws(TextProblem) {
        var position = 0
        while position < text.count {
            guard text[position...].starts(with: "{{") else {
                try place.read(text[position])
                position += 1
                continue
            }
            let start = position + 2
            position = try end(of: start, in: text)
            try read(String(text[start..<position]))
            position += 2
        }
    }

    /// Where a tag's closing braces begin.
    private func end(of start: Int, in text: [Character]) throws(TextProblem) -> Int {
        var end = start
        while end < text.count, !text[end...].starts(with: "}}") { end += 1 }
        guard end < text.count else { throw TextProblem("a tag has no end; write {{name}}") }
        return text[start] == "{" && end + 2 < text.count && text[end + 2] == "}" ? end + 1 : end
    }

    // MARK: Tags

    /// - Parameter tag: what stands between `{{` and `}}`.
    private mutating func read(_ tag: String) throws(TextProblem) {
        tagCount += 1
        guard tagCount <= limits.tags, tag.utf8.count <= limits.tagBytes else {
            throw TextProblem("a text has at most \(limits.tags) tags, of at most \(limits.tagBytes) bytes each")
        }
        switch tag.first {
        case "!": return
        case "#", "^": try begin(tag.dropFirst())
        case "/": try endSection()
        case "{" where tag.last == "}": try readUnescaped(tag.dropFirst().dropLast())
        case "&": try readUnescaped(tag.dropFirst())
        case ">", "<", "$", "=", "%", "*", "{":
            throw TextProblem(
                "{{\(tag)}} is none of {{name}}, {{#name}}, {{^name}}, {{/name}} and {{! comment}}; there is nothing else here")
        default: try add(try TagName(tag[...]), isSection: false)
        }
    }

    private mutating func readUnescaped(_ name: Substring) throws(TextProblem) {
        guard !place.isEscaped else {
            throw TextProblem("{{{\(name)}}} would not be escaped here; write {{\(name)}}, with a space before it if it comes after {")
        }
        try add(try TagName(name), isSection: false)
    }

    private mutating func begin(_ name: Substring) throws(TextProblem) {
        guard open.count < limits.sectionDepth else {
            throw TextProblem("sections stand in sections at most \(limits.sectionDepth) deep")
        }
        try add(try TagName(name), isSection: true)
        open.append(place)
    }

    private mutating func endSection() throws(TextProblem) {
        // That it ends what it should is for Mustache to see.
        guard open.popLast() ?? place == place else {
            throw TextProblem("a section begins within quotes and ends outside of them, or the other way round; keep each on one side")
        }
    }

    private mutating func add(_ name: TagName, isSection: Bool) throws(TextProblem) {
        let isBare = try place.isBare(isSection: isSection)
        switch name.subject {
        case .path(let path):
            guard !isBare || isSection || name.transforms.isEmpty else { throw TextProblem.outsideOfQuotes(name.text) }
            names.append(TextName(path: path, isSection: isSection, isBare: isBare))
        case .item, .turn:
            guard !open.isEmpty else { throw TextProblem("{{\(name.text)}} is only for what stands between {{#list}} and {{/list}}") }
            guard !isBare || isSection else { throw TextProblem.outsideOfQuotes(name.text) }
        }
    }
}

extension TextProblem {
    static func outsideOfQuotes(_ name: String) -> TextProblem {
        TextProblem("{{\(name)}} stands outside of quotes, where it could be anything; put it between quotes")
    }
}
