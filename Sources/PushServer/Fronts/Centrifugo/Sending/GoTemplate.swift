/// As much of Go's text/template as the push API's texts are made of: `{{.device.id}}`, `{{default [[hello]] .l10n.greeting}}`.
struct GoTemplate {
    enum Part: Hashable {
        case text(String)
        /// What stands under a path, `["device", "id"]`, and what takes its place where there is nothing.
        case value([String], default: String)
    }

    let parts: [Part]

    /// - Throws: ``CentrifugoError`` that shows what can't be read.
    init(_ text: String) throws(CentrifugoError) {
        var parts: [Part] = [], rest = text[...]
        while let start = rest.firstRange(of: "{{") {
            var action = Action(rest[start.upperBound...])
            var before = String(rest[..<start.lowerBound])
            if action.trimsBefore { before = String(before.reversed().drop(while: \.isWhitespace).reversed()) }
            if !before.isEmpty { parts.append(.text(before)) }
            parts.append(try action.read())
            rest = action.rest
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        self.parts = parts
    }

    /// What stands between `{{` and `}}`.
    private struct Action {
        var rest: Substring
        let trimsBefore: Bool

        init(_ text: Substring) {
            trimsBefore = text.hasPrefix("- ")
            rest = trimsBefore ? text.dropFirst(2) : text
        }

        private enum Word {
            case path([String])
            case literal(String)
        }

        /// Goes behind the closing braces.
        mutating func read() throws(CentrifugoError) -> Part {
            skipSpace()
            let part: Part
            if rest.hasPrefix("default"), rest.dropFirst(7).first?.isWhitespace == true {
                rest = rest.dropFirst(7)
                guard case .literal(let instead) = try word() else { throw problem("default wants a text first: [[hello]]") }
                part = switch try word() {
                case .path(let path): .value(path, default: instead)
                case .literal(let text): .text(text.isEmpty ? instead : text)
                }
            } else {
                part = switch try word() {
                case .path(let path): .value(path, default: "")
                case .literal(let text): .text(text)
                }
            }
            try close()
            return part
        }

        private mutating func close() throws(CentrifugoError) {
            skipSpace()
            let trims = rest.hasPrefix("-}}")
            guard trims || rest.hasPrefix("}}") else { throw problem("an action has no end, or more in it than a value") }
            rest = rest.dropFirst(trims ? 3 : 2)
            if trims { skipSpace() }
        }

        private mutating func word() throws(CentrifugoError) -> Word {
            skipSpace()
            for (opening, closing) in [("[[", "]]"), ("\"", "\""), ("`", "`")] where rest.hasPrefix(opening) {
                let inside = rest.dropFirst(opening.count)
                guard let end = inside.firstRange(of: closing) else { throw problem("a text has no end") }
                rest = inside[end.upperBound...]
                return .literal(String(inside[..<end.lowerBound]))
            }
            guard rest.hasPrefix(".") else { throw problem("only values such as .device.id, and default, are known here") }
            let path = rest.prefix { $0 == "." || $0 == "_" || $0.isLetter || $0.isNumber }
            rest = rest.dropFirst(path.count)
            let names = path.dropFirst().split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            guard names.allSatisfy({ !$0.isEmpty }) else { throw problem("a name is missing") }
            return .path(names)
        }

        private mutating func skipSpace() { rest = rest.drop(while: \.isWhitespace) }

        private func problem(_ what: String) -> CentrifugoError {
            .badRequest("notification: at {{…\(rest.prefix(40)): \(what)")
        }
    }
}
